import { join } from 'node:path'
import { type BareMachine, bootContainer, bootVm } from '../lab/image-boot.ts'
import { builtImage, createLab, type Lab, until } from '../lab/index.ts'
import { type Bench, percentile, round } from './bench.ts'

const CONTAINER_RUNS = 7
const VM_RUNS = 3
const LIMIT_MS = 300_000

/** systemd alone: the same kernel, initrd and root filesystem up to basic.target, and nothing of ours after it. */
const BARE = 'basic.target'

const toAnswer = async (machine: BareMachine): Promise<number> => {
  await using _control = await machine.ready(LIMIT_MS)
  return performance.now() - machine.startedAt
}

const toBasicTarget = async (machine: BareMachine): Promise<number> => {
  await until('systemd is up', () => machine.process.output().includes('basic.target'), {
    timeoutMs: LIMIT_MS,
    everyMs: 5,
  })
  return performance.now() - machine.startedAt
}

type Side = 'sysvm' | 'bare'

/** Both sides take turns, so that what else the machine does meets both alike. Seconds. */
const measure = async (runs: number, once: (lab: Lab, side: Side, name: string) => Promise<number>) => {
  const samples: Record<Side, number[]> = { sysvm: [], bare: [] }
  for (let n = 0; n < runs; n++) {
    for (const side of ['bare', 'sysvm'] as const) {
      await using lab = await createLab('boot')
      samples[side].push((await once(lab, side, `m${n}`)) / 1000)
    }
  }
  return samples
}

export const bench: Bench = {
  name: 'boot',
  title: 'Start to the first answer of the control API, beside kernel and systemd alone on the same root filesystem',
  async run(print) {
    const image = builtImage('system')
    const container = await measure(CONTAINER_RUNS, async (lab, side, name) =>
      side === 'sysvm'
        ? toAnswer(await bootContainer(lab, join(image, 'rootfs'), name))
        : toBasicTarget(await bootContainer(lab, join(image, 'rootfs'), name, [`--unit=${BARE}`, '--show-status=1'])),
    )
    const vm = await measure(VM_RUNS, async (lab, side, name) =>
      side === 'sysvm'
        ? toAnswer(await bootVm(lab, image, name))
        : toBasicTarget(
            await bootVm(lab, image, name, { kernelArguments: [`systemd.unit=${BARE}`, 'systemd.show_status=1'] }),
          ),
    )
    const row = (mode: string, samples: Record<Side, number[]>) => {
      const [ours, bare] = [percentile(samples.sysvm, 0.5), percentile(samples.bare, 0.5)]
      const figures = {
        'sysvm s': round(ours, 2),
        'sysvm worst s': round(Math.max(...samples.sysvm), 2),
        'bare s': round(bare, 2),
        ratio: round(ours / bare, 2),
      }
      print({ mode, ...figures })
      return figures
    }
    const inContainer = row('container', container)
    const inVm = row('VM, emulated', vm)
    return {
      unit: 's',
      ours: inVm['sysvm s'],
      other: inVm['bare s'],
      ratio: inVm.ratio,
      detail: { container: inContainer, vm: inVm, runs: { container: CONTAINER_RUNS, vm: VM_RUNS } },
    }
  },
}
