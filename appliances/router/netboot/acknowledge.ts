import type { TftpWindow } from 'tftp'

/**
 * Whether an acknowledgement is left to the library, which knows one case only: all that was sent arrived. One of less
 * it takes for leave to go on, or to end the transfer, and sends what was lost never or ever more often. So it is done
 * here: what arrived is dropped from the window, which is filled up and sent again from there (RFC 7440, section 4). One
 * of nothing new is ignored, as RFC 1123 says in 4.2.3.1; the library's timer sends again what is missing.
 */
export const leavesToLibrary = (window: TftpWindow, block: number): boolean => {
  const { _blocks: sent, _writerTimer: timer } = window
  const goOn = window._cb
  const count = sent.findIndex((one) => one.block === block) + 1
  if (count === 0 || goOn === null || goOn === undefined) return false
  if (count === sent.length) return true
  sent.splice(0, count)
  timer.reset()
  if (window._eof) {
    timer.start(window._restransmitterSendFn)
    for (const one of sent) window._sendFn(one)
    return false
  }
  window._end += count
  window._pending = count
  window._cb = null
  goOn()
  return false
}
