import { SysvmError } from '@sysvm/errors'
import type { HostConnection } from '../connection.ts'
import type { HostFacts } from '../driver.ts'
import type { HostPaths } from '../paths.ts'

/** $1: state directory, then programs that must be there. Prints key=value, one per line; `missing` may repeat. */
const READ = `
state=$1; shift
[ "$(id -u)" = 0 ] || echo "missing=root: the user must be root"
for program do command -v "$program" >/dev/null || echo "missing=the program $program"; done
mkdir -p -- "$state" || echo "missing=a writable folder $state"
probe() { kind=$1; shift; ip link add svprobe$$ type "$@" 2>/dev/null && ip link delete svprobe$$ || echo "missing=kernel support for $kind devices"; }
if command -v ip >/dev/null; then
  probe bridge bridge
  probe vxlan vxlan id 16777215 dstport 4789
  probe veth veth peer name svprobf$$
  ! command -v nft >/dev/null || { nft add table bridge svprobe$$ && nft delete table bridge svprobe$$; } 2>/dev/null || echo "missing=kernel support for nftables on bridges"
  ip -o link show type bridge | while IFS=': ' read -r index bridge rest; do echo "bridge=\${bridge%@*}"; done
  ip -o -4 address show scope global | while read -r index device family address rest; do echo "address=\${address%/*}"; done
fi
echo "name=$(hostname)"
echo "cpus=$(nproc)"
while read -r key value unit; do [ "$key" = MemTotal: ] && echo "memory=$value"; done </proc/meminfo
echo "storage=$(df --output=avail -B1 -- "$state" | tail -n 1 | tr -d ' ')"
echo "total=$(df --output=size -B1 -- "$state" | tail -n 1 | tr -d ' ')"
echo "kernel=$(uname -r)"
`

/** Reads what every driver wants to know; `missing` is what the driver's `extra` script and this one miss. */
export interface BasicFacts {
  readonly facts: Pick<
    HostFacts,
    'name' | 'cpus' | 'memoryMiB' | 'storageFree' | 'storageTotal' | 'kernel' | 'bridges' | 'addresses'
  >
  readonly missing: readonly string[]
}

export async function readFacts(
  connection: HostConnection,
  paths: HostPaths,
  programs: readonly string[],
): Promise<BasicFacts> {
  const { stdout } = await connection.run(['sh', '-c', READ, 'sh', paths.state, ...programs])
  return parseFacts(stdout)
}

export function parseFacts(text: string): BasicFacts {
  const values = (key: string) =>
    text
      .split('\n')
      .filter((line) => line.startsWith(`${key}=`))
      .map((line) => line.slice(key.length + 1))
  const one = (key: string) => values(key)[0] ?? ''
  return {
    facts: {
      name: one('name'),
      cpus: Number(one('cpus')),
      memoryMiB: Math.floor(Number(one('memory')) / 1024),
      storageFree: Number(one('storage')),
      storageTotal: Number(one('total')),
      kernel: one('kernel'),
      bridges: values('bridge'),
      addresses: values('address'),
    },
    missing: values('missing'),
  }
}

/** All of it in one message: nobody wants to add a host five times. */
export function requireAll(driver: string, host: string, missing: readonly string[]): void {
  if (missing.length === 0) return
  throw new SysvmError(
    'SYSVM_HOST_REQUIREMENTS',
    `${host} cannot be a ${driver} host; it lacks: ${missing.join('; ')}. Install or enable these and add it again.`,
    { details: { host, missing } },
  )
}
