import type { Command } from '../command.ts'
import { createPod } from './create-pod.ts'
import { deletePod } from './delete-pod.ts'
import { listPods } from './list-pods.ts'
import { updatePod } from './update-pod.ts'

export const podCommands: readonly Command[] = [createPod, deletePod, listPods, updatePod]
