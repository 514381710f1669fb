import { join } from 'node:path'
import type { Lab, Namespace } from '../lab/index.ts'
import { type Access, runClient } from './python.ts'

/** What one task did. */
export interface Done {
  readonly task: string
  readonly changed: boolean
}

interface Report {
  readonly plays: readonly {
    readonly tasks: readonly {
      readonly task: { readonly name: string }
      readonly hosts: { readonly localhost: { readonly changed: boolean } }
    }[]
  }[]
}

const folder = join(import.meta.dirname, 'ansible')

/** Runs a playbook of this folder; rejects with all that it said when a task fails. */
export const playbook = async (
  lab: Lab,
  at: Namespace,
  access: Access,
  name: string,
  vars: Readonly<Record<string, string>>,
): Promise<readonly Done[]> => {
  const output = await runClient(
    at,
    access,
    ['/usr/bin/ansible-playbook', join(folder, name), '--extra-vars', JSON.stringify(vars)],
    {
      cwd: folder,
      env: { ANSIBLE_CONFIG: join(folder, 'ansible.cfg'), ANSIBLE_HOME: join(lab.directory, 'ansible') },
    },
  )
  const { plays } = JSON.parse(output) as Report
  return plays.flatMap(({ tasks }) =>
    tasks.map(({ task, hosts }) => ({ task: task.name, changed: hosts.localhost.changed })),
  )
}
