import { qrCodeSvg } from '@sysvm/manager/wireguard/qrcode'
import { expect, it } from 'vitest'
import { readQrCode } from './read-qrcode.ts'

it('is read by who knows nothing of how it was made', () => {
  for (const text of ['[Interface]\nPrivateKey = abc+/=\n', 'x'.repeat(700)])
    expect(readQrCode(qrCodeSvg(text))).toBe(text)
})

it('is an image of a white ground and one path', () => {
  expect(qrCodeSvg('a')).toMatch(
    /^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg" viewBox="0 0 29 29" shape-rendering="crispEdges"><path fill="#fff" d="M0 0h29v29H0z"\/><path d="(M\d+ \d+h\d+v1h-\d+z)+"\/><\/svg>\n$/,
  )
})
