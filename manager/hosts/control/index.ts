export { type ControlClient, type ControlOptions, openControlClient } from './client.ts'
export { fencedControl } from './fenced.ts'
export type { ControlRequest } from './http.ts'
