import qrcode from 'qrcode-generator'

/** Modules of white around it (ISO/IEC 18004). */
const QUIET = 4

/** Dark modules of one row, neighbours as one stroke: half of all would be a long file. */
const rowOf = (y: number, size: number, isDark: (y: number, x: number) => boolean): string => {
  let strokes = ''
  for (let x = 0; x < size; x++) {
    const from = x
    while (x < size && isDark(y, x)) x++
    if (x > from) strokes += `M${from + QUIET} ${y + QUIET}h${x - from}v1h-${x - from}z`
  }
  return strokes
}

/** The text as a QR code in SVG, one unit for each module, for a camera to read from a screen or from paper. Pure. */
export const qrCodeSvg = (text: string): string => {
  // As small as it can be; `M`: 15 % of it may be lost.
  const code = qrcode(0, 'M')
  code.addData(text, 'Byte')
  code.make()
  const size = code.getModuleCount()
  const whole = size + 2 * QUIET
  const dark = Array.from({ length: size }, (_, y) => rowOf(y, size, (row, x) => code.isDark(row, x))).join('')
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${whole} ${whole}" shape-rendering="crispEdges"><path fill="#fff" d="M0 0h${whole}v${whole}H0z"/><path d="${dark}"/></svg>\n`
}
