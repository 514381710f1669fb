import type { Command } from '../command.ts'
import { activateProject } from './activate-project.ts'
import { addAccountToProject } from './add-account-to-project.ts'
import { createProject } from './create-project.ts'
import { deleteAccountFromProject } from './delete-account-from-project.ts'
import { deleteProject } from './delete-project.ts'
import { listProjects } from './list-projects.ts'
import { suspendProject } from './suspend-project.ts'
import { updateProject } from './update-project.ts'

export const projectCommands: readonly Command[] = [
  activateProject,
  addAccountToProject,
  createProject,
  deleteAccountFromProject,
  deleteProject,
  listProjects,
  suspendProject,
  updateProject,
]
