import { SysvmError } from '@sysvm/errors'

const LARGEST_VNI = 2 ** 24 - 1

/** `5001-9999` as numbers; VXLAN network identifiers have 24 bits (RFC 7348). */
export const parseVniRange = (text: string): { readonly vni_from: number; readonly vni_to: number } => {
  const [, from, to] = /^(\d{1,8})(?:-(\d{1,8}))?$/.exec(text) ?? []
  const range = { vni_from: Number(from), vni_to: Number(to ?? from) }
  if (from === undefined || range.vni_from < 1 || range.vni_to < range.vni_from || range.vni_to > LARGEST_VNI)
    throw new SysvmError(
      'SYSVM_API_PARAMETER',
      `Parameter vlan: '${text.slice(0, 60)}' is not a range of VXLAN identifiers from 1 to ${LARGEST_VNI} such as 5001-9999.`,
    )
  return range
}
