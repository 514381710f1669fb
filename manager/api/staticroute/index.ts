import type { Command } from '../command.ts'
import { createStaticRoute } from './create-static-route.ts'
import { deleteStaticRoute } from './delete-static-route.ts'
import { listStaticRoutes } from './list-static-routes.ts'

export const staticrouteCommands: readonly Command[] = [createStaticRoute, deleteStaticRoute, listStaticRoutes]
