import type { Command } from '../command.ts'
import { addNetworkServiceProvider } from './add-network-service-provider.ts'
import { configureVirtualRouterElement } from './configure-virtual-router-element.ts'
import { createVirtualRouterElement } from './create-virtual-router-element.ts'
import { deleteNetworkServiceProvider } from './delete-network-service-provider.ts'
import { listNetworkServiceProviders } from './list-network-service-providers.ts'
import { listSupportedNetworkServices } from './list-supported-network-services.ts'
import { listVirtualRouterElements } from './list-virtual-router-elements.ts'
import { updateNetworkServiceProvider } from './update-network-service-provider.ts'

export const providerCommands: readonly Command[] = [
  addNetworkServiceProvider,
  configureVirtualRouterElement,
  createVirtualRouterElement,
  deleteNetworkServiceProvider,
  listNetworkServiceProviders,
  listSupportedNetworkServices,
  listVirtualRouterElements,
  updateNetworkServiceProvider,
]
