import { SysvmError } from '@sysvm/errors'
import { $ } from './shell.ts'

export const RELEASE = 'trixie'
/** The keys that Debian signs trixie with; the machine's own apt need not know trixie. */
export const KEYRINGS = ['stable', 'automatic', 'security-automatic'].map(
  (name) => `/usr/share/keyrings/debian-archive-trixie-${name}.gpg`,
)

export interface Source {
  readonly site: string
  readonly suite: string
}

/** Chooses trixie's suites on the mirrors that the machine's own apt uses; `lines` are "SITE RELEASE". Pure. */
export const trixieSources = (lines: readonly string[]): Source[] => {
  const pairs = lines.map((line) => {
    const [site = '', release = ''] = line.trim().split(' ')
    return { site, release }
  })
  const own = /^(bookworm|trixie|stable|oldstable)$/
  const main = pairs.find(({ release }) => own.test(release))
  const security = pairs.find(({ release }) => release.endsWith('-security'))
  if (main === undefined) {
    throw new SysvmError(
      'SYSVM_IMAGE_BUILD',
      'apt on this machine knows no Debian mirror (bookworm or trixie), and the image is made from the same one; add it to /etc/apt/sources.list.d.',
    )
  }
  return [
    { site: main.site, suite: RELEASE },
    { site: main.site, suite: `${RELEASE}-updates` },
    ...(security === undefined ? [] : [{ site: security.site, suite: `${RELEASE}-security` }]),
  ]
}

export const machineSources = async (): Promise<Source[]> => {
  const { stdout } = await $`apt-get indextargets --format ${'$(SITE) $(RELEASE)'} ${'Created-By: Packages'}`
  return trixieSources([...new Set(stdout.trim().split('\n'))])
}

export const sourceLines = (sources: readonly Source[]): string[] =>
  sources.map(({ site, suite }) => `deb [signed-by=${KEYRINGS.join(',')}] ${site} ${suite} main`)
