import type { Command } from '../command.ts'
import { destroyRouter } from './destroy-router.ts'
import { getRouterControl } from './get-router-control.ts'
import { getRouterDrift } from './get-router-drift.ts'
import { getRouterHealthCheckResults } from './get-router-health-check-results.ts'
import { getRouterLog } from './get-router-log.ts'
import { getRouterPlan } from './get-router-plan.ts'
import { getRouterStatus } from './get-router-status.ts'
import { listRouters } from './list-routers.ts'
import { rebootRouter } from './reboot-router.ts'
import { startRouter } from './start-router.ts'
import { stopRouter } from './stop-router.ts'
import { upgradeRouterTemplate } from './upgrade-router-template.ts'

export const routerCommands: readonly Command[] = [
  destroyRouter,
  getRouterControl,
  getRouterDrift,
  getRouterHealthCheckResults,
  getRouterLog,
  getRouterPlan,
  getRouterStatus,
  listRouters,
  rebootRouter,
  startRouter,
  stopRouter,
  upgradeRouterTemplate,
]
