import jsqr from 'jsqr'

/** Pixels for each module: a camera has more than one, too. */
const SCALE = 4

/** What a telephone reads from such an SVG; undefined: nothing. */
export const readQrCode = (svg: string): string | undefined => {
  const modules = Number(/viewBox="0 0 (\d+) /.exec(svg)?.[1])
  const size = modules * SCALE
  const pixels = new Uint8ClampedArray(size * size * 4).fill(255)
  for (const [, x, y, width] of svg.matchAll(/M(\d+) (\d+)h(\d+)v1h-/g))
    for (let row = Number(y) * SCALE; row < (Number(y) + 1) * SCALE; row++)
      for (let column = Number(x) * SCALE; column < (Number(x) + Number(width)) * SCALE; column++)
        pixels.fill(0, (row * size + column) * 4, (row * size + column) * 4 + 3)
  return jsqr.default(pixels, size, size)?.data
}
