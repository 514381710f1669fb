export { BOOT_CREDENTIAL } from './credential.ts'
export * from './parameters.ts'
