import { isIPv6 } from 'node:net'
import { canonical6, toBigInt, toNumber } from '@sysvm/agent/spec'
import type { Packet } from 'node-iptables'
import type { Namespace } from './namespace.ts'

/** Sends raw packets that are given as lines: family, destination as hex, packet as hex. */
const sender = `
use strict; use Socket;
socket(my $four, AF_INET, SOCK_RAW, 255) or die "raw: $!";
socket(my $six, AF_INET6, SOCK_RAW, 255) or die "raw6: $!";
while (<STDIN>) {
  my ($family, $to, $bytes) = split;
  my ($socket, $name) = $family == 4
    ? ($four, pack_sockaddr_in(0, pack("H*", $to)))
    : ($six, pack_sockaddr_in6(0, pack("H*", $to)));
  send($socket, pack("H*", $bytes), 0, $name) or die "send: $!";
}
`

const numbers: Readonly<Record<string, number>> = { icmp: 1, tcp: 6, udp: 17, icmpv6: 58 }

const addressBytes = (address: string): Buffer =>
  isIPv6(address)
    ? Buffer.from(
        toBigInt(canonical6(address) ?? '::')
          .toString(16)
          .padStart(32, '0'),
        'hex',
      )
    : Buffer.from(toNumber(address).toString(16).padStart(8, '0'), 'hex')

/** Header of the transport and nothing behind it; nobody checks its sum. */
const transportBytes = ({ destinationPort, icmpType = 0, icmpCode = 0 }: Packet): Buffer => {
  const bytes = Buffer.alloc(20)
  if (destinationPort === undefined) bytes.set([icmpType, icmpCode])
  else {
    bytes.writeUInt16BE(40_000, 0)
    bytes.writeUInt16BE(destinationPort, 2)
    // As UDP its length, as TCP part of a sequence number.
    bytes.writeUInt16BE(20, 4)
    bytes.writeUInt8(0x50, 12)
    bytes.writeUInt8(0x02, 13)
  }
  return bytes
}

const packetBytes = (packet: Packet, number: number): Buffer => {
  const protocol = numbers[packet.protocol] ?? Number(packet.protocol)
  const payload = transportBytes(packet)
  const ends = Buffer.concat([addressBytes(packet.source), addressBytes(packet.destination)])
  if (isIPv6(packet.source)) {
    const head = Buffer.alloc(8)
    head.writeUInt32BE(0x60000000 + number, 0)
    head.writeUInt16BE(payload.length, 4)
    head.set([protocol, 64], 6)
    return Buffer.concat([head, ends, payload])
  }
  const head = Buffer.alloc(12)
  head.set([0x45, 0])
  head.writeUInt16BE(20 + payload.length, 2)
  head.writeUInt16BE(number, 4)
  head.set([64, protocol], 8)
  return Buffer.concat([head, ends, payload])
}

/**
 * Sends packets from a namespace as they are, whatever their source. Each carries its number, from 1: IPv4 as `ip id`,
 * IPv6 as `ip6 flowlabel`.
 */
export const sendPackets = async (from: Namespace, packets: readonly Packet[]): Promise<void> => {
  const lines = packets.map((packet, index) =>
    [
      isIPv6(packet.source) ? 6 : 4,
      addressBytes(packet.destination).toString('hex'),
      packetBytes(packet, index + 1).toString('hex'),
    ].join(' '),
  )
  await from.exec(['perl', '-e', sender], { input: `${lines.join('\n')}\n` })
}
