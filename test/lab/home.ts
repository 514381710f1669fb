import type { Lab } from './lab.ts'
import type { Namespace } from './namespace.ts'

/** Somebody's machine at 192.0.2.`number`+1, behind `outside`; `number` is 1 more than a multiple of 4. */
export const openHome = async (lab: Lab, outside: Namespace, name: string, number: number): Promise<Namespace> => {
  const at = await lab.namespace(name)
  await lab.link(
    { at: outside, device: name, address: `192.0.2.${number}/30` },
    { at, device: 'e0', address: `192.0.2.${number + 1}/30` },
  )
  await at.route('default', `192.0.2.${number}`)
  return at
}
