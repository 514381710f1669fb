import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { type BareMachine, bootContainer, bootVm } from '../lab/image-boot.ts'
import { builtImage, createLab, type Lab, until } from '../lab/index.ts'
import { type Bench, percentile, round } from './bench.ts'

const CONTAINER_RUNS = 7
const VM_RUNS = 3
const LIMIT_MS = 120_000
const run = promisify(execFile)

/** systemd alone: the same kernel, initrd and root filesystem up to basic.target, and nothing of ours after it. */
const BARE = 'basic.target'

const toAnswer = async (machine: BareMachine): Promise<number> => {
  await using _control = await machine.ready(LIMIT_MS)
  return performance.now() - machine.startedAt
}

/** A VM says so on its serial console. */
const vmToTarget = async (machine: BareMachine): Promise<number> => {
  const reached = new RegExp(`Reached target.*${BARE}`)
  await until('systemd is up', () => reached.test(machine.process.output()), { timeoutMs: LIMIT_MS, everyMs: 5 })
  return performance.now() - machine.startedAt
}

/** systemd in a container cannot write to a console that is a pipe, so it is asked. */
const containerToTarget = async ({ process, startedAt }: BareMachine): Promise<number> => {
  const ask = async () => {
    const { stdout } = await run('pgrep', ['--parent', String(process.pid)])
    await run('nsenter', [
      '--all',
      '--target',
      stdout.trim().split('\n')[0] ?? '',
      'systemctl',
      'is-active',
      '-q',
      BARE,
    ])
    return true
  }
  await until('systemd is up', ask, { timeoutMs: LIMIT_MS, everyMs: 5 })
  return performance.now() - startedAt
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
        : containerToTarget(await bootContainer(lab, join(image, 'rootfs'), name, ['--', `--unit=${BARE}`])),
    )
    const vm = await measure(VM_RUNS, async (lab, side, name) =>
      side === 'sysvm'
        ? toAnswer(await bootVm(lab, image, name))
        : vmToTarget(
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
