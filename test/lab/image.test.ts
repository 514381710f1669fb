import { execFileSync, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { cpSync, globSync, readFileSync, readlinkSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { buildRoot, publicKeyPath } from '@sysvm/images/build'
import { Manifest, verifyImage } from '@sysvm/images/manifest'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { bootContainer } from './image-boot.ts'
import { builtImage, createLab } from './index.ts'

const image = builtImage('system')
const root = join(image, 'rootfs')
const manifest = Manifest.parse(JSON.parse(readFileSync(join(image, 'manifest.json'), 'utf8')))
const key = readFileSync(publicKeyPath(), 'utf8')
const inRoot = (...words: string[]): string => execFileSync('chroot', [root, ...words], { encoding: 'utf8' })
const read = (path: string): string => readFileSync(join(root, path), 'utf8')

describe('the root filesystem', () => {
  test('no user has a password, and root has none either', () => {
    const fields = read('etc/shadow')
      .trim()
      .split('\n')
      .map((line) => line.split(':').slice(0, 2).join(':'))
    expect(fields).toContain('root:*')
    expect(fields).toContain('control:*')
    expect(fields.filter((entry) => !entry.endsWith(':*'))).toEqual([])
  })

  test('no program has the setuid or setgid bit', () => {
    expect(execFileSync('find', [root, '-xdev', '-type', 'f', '-perm', '/6000'], { encoding: 'utf8' })).toBe('')
  })

  test('it holds no SSH key, machine id or package manager', () => {
    expect(read('etc/machine-id')).toBe('')
    const found = globSync(['etc/ssh/*key*', 'root/.ssh', 'home/*', 'usr/bin/apt*', 'usr/bin/dpkg'], { cwd: root })
    expect(found).toEqual([])
  })

  test('only our target is started at boot', () => {
    expect(readlinkSync(join(root, 'usr/lib/systemd/system/default.target'))).toBe('sysvm.target')
    const wanted = globSync(
      ['usr/lib/systemd/system/*.wants/*', 'etc/systemd/system/*.wants/*', 'usr/lib/systemd/system-generators/*'],
      { cwd: root },
    )
    expect(wanted).toEqual([])
  })

  test('every unit of ours is exposed by 3.5 at most', () => {
    const units = globSync('usr/lib/systemd/system/sysvm-*.service', { cwd: root })
    expect(units.length).toBeGreaterThanOrEqual(5)
    const exposed = units.map((path) => {
      const unit = path.split('/').at(-1) ?? ''
      const words = inRoot('systemd-analyze', 'security', '--offline=true', '--no-pager', unit)
      return { unit, exposure: Number(words.match(/Overall exposure level for \S+: ([\d.]+)/)?.[1]) }
    })
    expect(exposed.filter(({ exposure }) => !(exposure <= 3.5))).toEqual([])
  })

  test('systemd finds no mistake in the units', () => {
    const units = globSync('usr/lib/systemd/system/sysvm-*.service', { cwd: root })
      .map((path) => path.split('/').at(-1)?.replace('@', '@eth1') ?? '')
      .sort()
    const { stdout, stderr, status } = spawnSync(
      'chroot',
      [root, 'systemd-analyze', 'verify', '--man=no', '--recursive-errors=no', 'sysvm.target', ...units],
      { encoding: 'utf8' },
    )
    expect({ status, words: stdout + stderr }).toEqual({ status: 0, words: '' })
  })

  test('no two users have one folder of state: the one who starts last would have it', () => {
    const owners = new Map<string, Set<string>>()
    for (const path of globSync('usr/lib/systemd/system/sysvm-*.service', { cwd: root })) {
      const text = read(path)
      const user = /^User=(.+)$/m.exec(text)?.[1] ?? 'root'
      for (const [, kind, folder] of text.matchAll(/^(State|Runtime|Cache)Directory=(.+)$/gm)) {
        const name = `${kind} ${folder}`
        owners.set(name, (owners.get(name) ?? new Set()).add(user))
      }
    }
    expect(owners.size).toBeGreaterThan(4)
    expect([...owners].filter(([, users]) => users.size > 1)).toEqual([])
  })
})

describe('the image as the manager takes it', () => {
  test('size: 150 MB at most, for the disk and for the archive', () => {
    expect(manifest.artifacts.disk.bytes).toBeLessThan(150_000_000)
    expect(manifest.artifacts.rootfs.bytes).toBeLessThan(150_000_000)
  })

  test('the verification in a VM is in the manifest', () => {
    expect(manifest.verification).toMatchObject({
      listening: 'sshd on the control address only',
      users: 'no password, no setuid program',
      modules: 'all load',
    })
  })

  test('the SBOM names every Debian package and the npm packages in the bundle', () => {
    const sbom = JSON.parse(readFileSync(join(image, 'sbom.json'), 'utf8')) as {
      components: { name: string; version: string; purl: string }[]
    }
    const listed = new Set(sbom.components.map(({ name, version }) => `${name}=${version}`))
    expect(manifest.packages.filter(({ name, version }) => !listed.has(`${name}=${version}`))).toEqual([])
    const names = sbom.components.filter(({ purl }) => purl.startsWith('pkg:npm/')).map(({ name }) => name)
    expect(names).toEqual(expect.arrayContaining(['node', 'zod']))
    expect(names).not.toContain('vitest')
  })

  test('the SBOMs name what is beside the root filesystem: kernel, busybox of the initrd, boot loader', () => {
    const names = (kind: 'system' | 'guest'): string => {
      const { components } = JSON.parse(readFileSync(join(builtImage(kind), 'sbom.json'), 'utf8')) as {
        components: { purl: string }[]
      }
      return components.map(({ purl }) => purl).join(' ')
    }
    expect(names('system')).toContain('pkg:deb/debian/busybox-static@')
    for (const name of ['busybox-static@', 'grub-pc-bin@', 'linux-image-6']) expect(names('guest')).toContain(name)
  })

  test('it is accepted as it is, and refused after one changed byte anywhere', async () => {
    await expect(verifyImage(image, key)).resolves.toMatchObject({ hash: manifest.hash })
    await using lab = await createLab('image-tampered')
    for (const [file, code] of [
      ['initrd.img', 'SYSVM_IMAGE_INVALID'],
      ['manifest.json', 'SYSVM_IMAGE_SIGNATURE'],
      ['manifest.json.sig', 'SYSVM_IMAGE_SIGNATURE'],
    ] as const) {
      const copy = join(lab.directory, file)
      const files = [
        ...Object.values(manifest.artifacts).map((artifact) => artifact.file),
        'manifest.json',
        'manifest.json.sig',
      ]
      for (const name of files) cpSync(join(image, name), join(copy, name))
      const bytes = readFileSync(join(copy, file))
      const at = Math.floor(bytes.length / 2)
      bytes[at] = (bytes[at] ?? 0) ^ 1
      writeFileSync(join(copy, file), bytes)
      await expect(verifyImage(copy, key)).rejects.toMatchObject({ code })
    }
    const copy = join(lab.directory, 'vmlinuz')
    cpSync(image, copy, { recursive: true, filter: (path) => !path.includes('/rootfs/') })
    rmSync(join(copy, 'vmlinuz'))
    await expect(verifyImage(copy, key)).rejects.toMatchObject({ code: 'SYSVM_IMAGE_INVALID' })
    await expect(verifyImage(join(lab.directory, 'none'), key)).rejects.toMatchObject({ code: 'SYSVM_IMAGE_MISSING' })
  })
})

test('built again from nothing, the root filesystem is the same to the byte', { timeout: 600_000 }, async () => {
  await using lab = await createLab('image-again')
  vi.stubEnv('SYSVM_CACHE', join(lab.directory, 'cache'))
  onTestFinished(() => void vi.unstubAllEnvs())
  const out = join(lab.directory, 'again')
  expect(await buildRoot(out)).toEqual({ hash: manifest.hash, rootfsSha256: manifest.rootfsSha256 })
  const archive = readFileSync(join(out, 'rootfs.tar.zst'))
  const { bytes, sha256 } = manifest.artifacts.rootfs
  expect(archive.length).toBe(bytes)
  expect(createHash('sha256').update(archive).digest('hex')).toBe(sha256)
})

describe('booted as a container', () => {
  test('it answers on the control address, listens nowhere else and lets the manager do nothing else', async () => {
    await using lab = await createLab('image-boot')
    const machine = await bootContainer(lab, root)
    await using control = await machine.ready(60_000)
    expect(await control.request('GET', '/v1/status')).toMatchObject({ name: 'r-1-vm', image: manifest.hash })

    const inside = execFileSync('ip', ['netns', 'exec', `${lab.prefix}-machine-m`, 'ss', '-Hlntu'], {
      encoding: 'utf8',
    })
    expect(inside.trim().split(/\s+/).slice(0, 5)).toEqual(['tcp', 'LISTEN', '0', '128', '169.254.7.7:3922'])
    expect(inside.trim().split('\n')).toHaveLength(1)

    const ssh = (user: string, keyFile: string, ...words: string[]) =>
      execFileSync(
        'ip',
        [
          ...[
            'netns',
            'exec',
            `${lab.prefix}-machine-h`,
            'ssh',
            '-q',
            '-p',
            '3922',
            '-i',
            keyFile,
            '-o',
            'BatchMode=yes',
          ],
          ...[
            '-o',
            'StrictHostKeyChecking=no',
            '-o',
            'UserKnownHostsFile=/dev/null',
            ...words.slice(1),
            `${user}@169.254.7.7`,
          ],
          words[0] ?? 'true',
        ],
        { encoding: 'utf8', stdio: 'pipe' },
      )
    const manager = join(lab.directory, 'machine', 'manager')
    // Whatever it asks for, the control user is told the status.
    expect(JSON.parse(ssh('control', manager, 'id; cat /etc/shadow'))).toMatchObject({ name: 'r-1-vm' })
    expect(() => ssh('root', manager, 'id')).toThrow()
    const operator = machine.operator.file
    // A driver asks whether the port is open, many times while a machine boots: sshd must not shut its address out.
    for (let knocks = 0; knocks < 40; knocks += 1) {
      const port = await machine.openPort()
      await once(port, 'data')
      port.destroy()
    }
    expect(ssh('root', operator, 'systemctl list-units --failed --no-legend --plain').trim()).toBe('')
    expect(ssh('root', operator, 'touch /etc/probe 2>&1 || :')).toContain('Read-only file system')
  })
})
