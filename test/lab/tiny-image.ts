import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { copyFile, mkdir, readFile, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Manifest } from '@sysvm/images/manifest'

/**
 * The smallest thing a container host can boot: busybox and one script. It says on its console what it found and
 * echoes bytes on port 3922, so a driver can be tested without a real image.
 */
export async function makeTinyImage(folder: string, kind: 'system' | 'guest'): Promise<string> {
  const root = join(folder, `${kind}-root`)
  for (const part of ['bin', 'sbin', 'etc', 'proc', 'sys', 'dev', 'run', 'tmp', 'usr', 'var/lib/sysvm'])
    await mkdir(join(root, part), { recursive: true })
  await copyFile('/usr/bin/busybox', join(root, 'bin/busybox'))
  execFileSync(join(root, 'bin/busybox'), ['--install', '-s', join(root, 'bin')])
  for (const name of execFileSync('ls', [join(root, 'bin')], { encoding: 'utf8' })
    .split('\n')
    .filter(Boolean))
    if (name !== 'busybox') execFileSync('ln', ['-sfn', 'busybox', join(root, 'bin', name)])
  await symlink('../bin/busybox', join(root, 'sbin/halt'))
  await writeFile(join(root, 'etc/os-release'), 'ID=tiny\n')
  await writeFile(join(root, 'sbin/init'), INIT, { mode: 0o755 })
  const out = join(folder, `${kind}-image`)
  await mkdir(out)
  const archive = join(out, 'rootfs.tar.zst')
  execFileSync('tar', ['--create', '--zstd', `--file=${archive}`, `--directory=${root}`, '.'])
  const artifact = async (file: string) => {
    const bytes = await readFile(join(out, file))
    return { file, bytes: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') }
  }
  // A container host uses none of these; the manifest wants them named.
  for (const name of ['disk.qcow2', 'vmlinuz', 'initrd.img', 'sbom.json']) await writeFile(join(out, name), '')
  const rootfs = await artifact('rootfs.tar.zst')
  const manifest: Manifest = {
    version: 1,
    kind,
    hash: createHash('sha256').update(`${kind} ${rootfs.sha256}`).digest('hex'),
    created: '2026-01-01T00:00:00Z',
    architecture: process.arch === 'arm64' ? 'arm64' : 'amd64',
    release: 'tiny',
    rootfsSha256: rootfs.sha256,
    rootfsBytes: rootfs.bytes,
    artifacts: {
      rootfs,
      disk: await artifact('disk.qcow2'),
      kernel: await artifact('vmlinuz'),
      initrd: await artifact('initrd.img'),
      sbom: await artifact('sbom.json'),
    },
    kernelArguments: [],
    packages: [],
    inputs: {},
    tools: {},
    verification: {},
  }
  await writeFile(join(out, 'manifest.json'), JSON.stringify(manifest))
  return out
}

/** Its boot count is kept in the only place a system VM may write to; a guest writes anywhere. */
const INIT = `#!/bin/sh
export PATH=/bin
say() { echo "tiny: $*"; }
stop() { say "asked to stop"; kill -KILL -1; exit 0; }
# 37 is SIGRTMIN+3: the end, as systemd-nspawn asks for it.
trap stop USR1 USR2 TERM 37
state=/var/lib/sysvm
read -r count 2>/dev/null <$state/boots
echo $((count + 1)) >$state/boots && say "boot $((count + 1))"
touch /etc/probe 2>/dev/null && say "root writable" || say "root read-only"
for file in "$CREDENTIALS_DIRECTORY/sysvm.boot" /run/host/credentials/sysvm.boot; do
  [ -r "$file" ] && { say "credential $(md5sum <"$file")"; break; }
done
for nic in /sys/class/net/e*; do ip link set "\${nic##*/}" up; say "nic \${nic##*/} $(cat $nic/address)"; done
ip address add "$(hostname | sed 's/^t\\(.*\\)x\\(.*\\)$/169.254.\\1.\\2/')/16" dev eth0
say ready
while :; do nc -l -p 3922 -e cat; done &
while :; do sleep 1; done
`
