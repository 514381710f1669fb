export { type SimulatorOptions, simulatorDriver } from './driver.ts'
export { parseSimulatorUrl, type SimulatedHost } from './url.ts'
