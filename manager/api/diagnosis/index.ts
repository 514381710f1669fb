import type { Command } from '../command.ts'
import { explainRouterPacket } from './explain-router-packet.ts'
import { runDiagnostics } from './run-diagnostics.ts'

export const diagnosisCommands: readonly Command[] = [explainRouterPacket, runDiagnostics]
