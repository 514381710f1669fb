import { execFile } from 'node:child_process'
import { cp, mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** Where `.tools/install-packages` unpacks it: Debian's may not be installed beside strongSwan. */
const UNPACKED = '/var/cache/sysvm/unpacked/libreswan'
const LIBRARIES = '/usr/lib/x86_64-linux-gnu'
const PROGRAMS = ['pluto', 'whack', 'addconn'].map((name) => `/usr/libexec/ipsec/${name}`)
/** Opened by NSS itself, of which no program tells. */
const MODULES = ['libsoftokn3.so', 'libfreebl3.so', 'libfreeblpriv3.so'].map((name) => `${LIBRARIES}/${name}`)

const env = { ...process.env, LD_LIBRARY_PATH: `${UNPACKED}${LIBRARIES}` }

/** Files that programs are linked with, by the name that each asks for. */
const linkedWith = async (files: readonly string[]): Promise<readonly string[]> => {
  const { stdout } = await run('ldd', [...files], { env })
  return [...new Set(stdout.match(/(?<=^\s.*)\/\S+(?= \(0x)/gm))]
}

const orOurs = (path: string): Promise<string> =>
  run('test', ['-e', `${UNPACKED}${path}`]).then(
    () => `${UNPACKED}${path}`,
    () => path,
  )

/** A root directory with libreswan and all that it is linked with, for a machine that has nothing of it; as a tar file. */
export const libreswanArchive = async (folder: string): Promise<string> => {
  const root = join(folder, 'libreswan')
  const put = async (from: string): Promise<void> => {
    const to = join(root, from.startsWith(UNPACKED) ? from.slice(UNPACKED.length) : from)
    await mkdir(dirname(to), { recursive: true })
    await cp(from, to, { dereference: true })
  }
  const programs = PROGRAMS.map((path) => `${UNPACKED}${path}`)
  const modules = await Promise.all(MODULES.map(orOurs))
  for (const file of [...programs, ...modules, ...(await linkedWith([...programs, ...modules]))]) await put(file)
  const database = join(root, 'var/lib/ipsec/nss')
  for (const path of ['etc/ipsec.d', 'var/pluto', 'run', 'dev', 'proc', 'sys', 'tmp', 'var/lib/ipsec/nss'])
    await mkdir(join(root, path), { recursive: true })
  await writeFile(join(root, 'etc/passwd'), 'root:x:0:0::/:/bin/sh\n')
  await run(`${UNPACKED}/usr/bin/certutil`, ['-N', '-d', `sql:${database}`, '--empty-password'], { env })
  const archive = join(folder, 'libreswan.tar.gz')
  await run('tar', ['-czf', archive, '-C', root, '.'])
  return archive
}
