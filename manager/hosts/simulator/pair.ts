import { Duplex } from 'node:stream'

/**
 * Two ends of a stream within this process. What is written at one end comes out at the other in a later turn, as over
 * a network: ssh2 loses its place when the answer comes while it still writes the question.
 */
export const streamPair = (): readonly [Duplex, Duplex] => {
  const make = (other: () => Duplex): Duplex =>
    new Duplex({
      read: () => {},
      write: (chunk, _encoding, done) => {
        setImmediate(() => {
          if (!other().destroyed) other().push(chunk)
          done()
        })
      },
      final: (done) => {
        setImmediate(() => {
          if (!other().destroyed) other().push(null)
          done()
        })
      },
      destroy: (error, done) => {
        setImmediate(() => other().destroy())
        done(error)
      },
    })
  const here: Duplex = make(() => there)
  const there: Duplex = make(() => here)
  return [here, there]
}
