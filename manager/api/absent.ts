/** CloudStack's commands that there are not, by what would bring them. */
export interface Absent {
  readonly why: string
  readonly names: readonly string[]
}

export const absent: readonly Absent[] = [
  {
    why: 'comes with secondary storage: volumes, snapshots, ISOs and transfers of templates',
    names: [
      ...['addImageStoreS3', 'attachIso', 'attachVolume', 'copyIso', 'copySnapshot', 'copyTemplate', 'createSnapshot'],
      ...['createSnapshotPolicy', 'createTemplate', 'createVMSnapshot', 'createVolume', 'deleteIso', 'deleteSnapshot'],
      ...['deleteSnapshotPolicies', 'deleteTemplate', 'deleteVMSnapshot', 'deleteVolume', 'destroyVolume'],
      ...['detachIso', 'detachVolume', 'downloadImageStoreObject', 'extractIso', 'extractSnapshot'],
      ...['extractTemplate', 'extractVolume', 'getUploadParamsForIso', 'getUploadParamsForTemplate'],
      ...['getUploadParamsForVolume', 'listImageStoreObjects'],
      ...['listTemplateDirectDownloadCertificates', 'listTemplatePermissions'],
      ...['migrateSecondaryStorageData', 'migrateVolume', 'recoverVolume', 'registerIso', 'registerTemplate'],
      ...['resizeVolume', 'revertSnapshot', 'revertToVMSnapshot', 'updateIso', 'updateSnapshotPolicy'],
      ...['updateTemplate', 'updateTemplatePermissions', 'updateVolume', 'uploadVolume', 'listVolumesMetrics'],
    ],
  },
  {
    why: 'comes with the console proxy',
    names: ['createConsoleEndpoint'],
  },
  {
    why: 'autoscaling is no part of it',
    names: [
      ...['createAutoScalePolicy', 'createAutoScaleVmGroup', 'createAutoScaleVmProfile', 'createCondition'],
      ...['createCounter', 'deleteAutoScalePolicy', 'deleteAutoScaleVmGroup', 'deleteAutoScaleVmProfile'],
      ...['deleteCondition', 'disableAutoScaleVmGroup', 'enableAutoScaleVmGroup', 'listAutoScalePolicies'],
      ...['listAutoScaleVmGroups', 'listAutoScaleVmProfiles', 'listConditions', 'listCounters'],
      ...['updateAutoScaleVmGroup'],
    ],
  },
  {
    why: 'load is measured by /metrics and listCapacity, not kept for each thing',
    names: [...['addTrafficMonitor', 'listSystemVmsUsageHistory', 'listVirtualMachinesUsageHistory']],
  },
  {
    why: 'system VMs are one size and are told apart by their host keys, which the manager makes; patched by restarting',
    names: [
      ...['changeServiceForRouter', 'changeServiceForSystemVm', 'getDiagnosticsData', 'issueCertificate'],
      ...['listCaCertificate', 'provisionCertificate', 'scaleSystemVm'],
      ...['startInternalLoadBalancerVM', 'stopInternalLoadBalancerVM', 'uploadCustomCertificate'],
    ],
  },
  {
    why: 'VLANs of one account, networks that others share, and networks of its own for management and storage, are no part of it',
    names: [
      ...['createManagementNetworkIpRange', 'createNetworkPermissions', 'createStorageNetworkIpRange'],
      ...['dedicateGuestVlanRange', 'deleteManagementNetworkIpRange'],
      ...['deleteStorageNetworkIpRange', 'listDedicatedGuestVlanRanges', 'listNetworkPermissions'],
      ...['listStorageNetworkIpRange', 'releaseDedicatedGuestVlanRange'],
      ...['removeNetworkPermissions', 'resetNetworkPermissions'],
    ],
  },
  {
    why: 'plug-ins of the reference server',
    names: ['cloudianIsEnabled', 'quotaIsEnabled'],
  },
]
