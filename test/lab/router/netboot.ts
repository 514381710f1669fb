import { serveNetboot } from '@sysvm/router'

/** Run inside the router: what `firmware.mjs netboot` does in the image. */
await serveNetboot()
