import type { Command } from '../command.ts'
import { archiveAlerts } from './archive-alerts.ts'
import { deleteAlerts } from './delete-alerts.ts'
import { generateAlert } from './generate-alert.ts'
import { listAlertTypes } from './list-alert-types.ts'
import { listAlerts } from './list-alerts.ts'

export const alertCommands: readonly Command[] = [
  archiveAlerts,
  deleteAlerts,
  generateAlert,
  listAlerts,
  listAlertTypes,
]
