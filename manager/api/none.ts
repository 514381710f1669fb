import { refuseNamed } from './nothing.ts'
import * as p from './parameter.ts'

/** Filters for what nothing here is, has or is made of: CloudStack's clients send them with every list. */
export const noneFilters = {
  arch: p.choice('Only those for this processor: all are for x86_64.', ['x86_64', 'aarch64', 'i686']),
  forcks: p.boolean('True: only those for Kubernetes, which there are none of.'),
  forprovider: p.boolean("True: only those of other networks' controllers, which there are none of."),
  gpuenabled: p.boolean('True: only those with graphics cards, which there are none of.'),
  isiso: p.boolean('True: only those of ISO images, which there are none of.'),
  istagged: p.boolean('True: only those with tags of physical networks, which there are none of.'),
  isvnf: p.boolean('True: only network appliances of others, which there are none of.'),
  leased: p.boolean('True: only those that are lent for a time, which there are none of.'),
  outofbandmanagementenabled: p.boolean('True: only those with a controller of their power, which there are none of.'),
  outofbandmanagementpowerstate: p.text('Only those whose controllers say this of their power: none.'),
  storageaccessgroup: p.text('Only those of this group of access to storage: none.'),
}

const identified = {
  autoscalevmgroupid: ['scaling group', 'Only guests of this scaling group.'],
  backupofferingid: ['backup offering', 'Only guests with backups of this kind.'],
  extensionid: ['extension', 'Only those of this extension.'],
  isoid: ['ISO image', 'Only guests with this ISO image.'],
  parenttemplateid: ['parent template', 'Only templates made of this one.'],
  vgpuprofileid: ['graphics profile', 'Only those with this graphics profile.'],
} as const

type Identified = keyof typeof identified

const idFilter = (name: Identified) => p.plainUuid(`${identified[name][1]} There are none so far.`)

/** The same by id: naming one is an error, as it names nothing. */
export const noneIds = {
  autoscalevmgroupid: idFilter('autoscalevmgroupid'),
  backupofferingid: idFilter('backupofferingid'),
  extensionid: idFilter('extensionid'),
  isoid: idFilter('isoid'),
  parenttemplateid: idFilter('parenttemplateid'),
  vgpuprofileid: idFilter('vgpuprofileid'),
}

type Asked = { readonly [K in keyof typeof noneFilters]?: string | boolean | undefined } & {
  readonly [K in Identified]?: string | undefined
}

/** Whether a list is asked for just that, and so is of none. 431 for an id of it. */
export const asksForNone = (params: Asked): boolean => {
  for (const [name, [kind]] of Object.entries(identified)) refuseNamed(name, kind, params[name as Identified])
  const { arch = 'x86_64', outofbandmanagementpowerstate, storageaccessgroup } = params
  const flags = Object.keys(noneFilters).some((name) => params[name as keyof typeof noneFilters] === true)
  return flags || arch !== 'x86_64' || (outofbandmanagementpowerstate ?? storageaccessgroup) !== undefined
}
