import type { Plugin } from 'esbuild'

/** What the control API ever names; the whole database is 140 kB of source and 4 MB of memory, twice. */
const MIME_TYPES = {
  'application/json': { source: 'iana', compressible: true, extensions: ['json'] },
  'application/octet-stream': { source: 'iana', extensions: ['bin'] },
  'text/event-stream': { source: 'iana', compressible: true },
  'text/html': { source: 'iana', compressible: true, extensions: ['html'] },
  'text/plain': { source: 'iana', compressible: true, extensions: ['txt'] },
}

/** Leaves out what the firmware's dependencies carry along for programs of another kind: a third of the bundle. */
export const slimFirmware: Plugin = {
  name: 'slim-firmware',
  setup: (build) => {
    let left = 0
    build.onLoad({ filter: /\/mime-db\/db\.json$/ }, () => {
      left += 1
      return { contents: JSON.stringify(MIME_TYPES), loader: 'json' }
    })
    // Messages are in English; the other forty languages cannot be shaken off a namespace export.
    build.onLoad({ filter: /\/zod\/v4\/locales\/index\.js$/ }, () => {
      left += 1
      return { contents: "export { default as en } from './en.js'", loader: 'js' }
    })
    // A new version that lays its files out differently must not bring it all back unseen.
    build.onEnd(() => (left > 1 ? undefined : { errors: [{ text: 'slim-firmware found nothing to leave out' }] }))
  },
}
