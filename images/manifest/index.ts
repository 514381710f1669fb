export { Artifact, Manifest } from './schema.ts'
export { readSignedManifest, verifyImage } from './verify.ts'
