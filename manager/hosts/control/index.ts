export { type ControlClient, type ControlOptions, openControlClient } from './client.ts'
export type { ControlRequest } from './http.ts'
