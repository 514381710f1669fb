import type { StaticRoute } from '../../model/staticroute.ts'
import type { Owners } from '../owner.ts'
import { defineResponse, ownerShown, type Presented } from '../response.ts'

export const staticRouteResponse = defineResponse('staticroute', {
  id: ['string', "The static route's id."],
  state: ['string', 'Active once the router has it, else Add.'],
  vpcid: ['string', 'Its VPC.'],
  vpcgatewayid: ['string', 'The private gateway it leads by.'],
  vpcgatewayip: ['string', "That gateway's address."],
  nexthop: ['string', 'The next hop it leads by.'],
  cidr: ['string', 'Where it leads.'],
  ...ownerShown,
})

export const presentStaticRoute =
  (owners: Owners) =>
  (row: StaticRoute): Presented<typeof staticRouteResponse.fields> => ({
    id: row.id,
    state: (row.held ?? 0) >= row.revision ? 'Active' : 'Add',
    vpcid: row.vpc,
    vpcgatewayid: row.private_gateway,
    vpcgatewayip: row.gatewayaddress,
    nexthop: row.nexthop,
    cidr: row.cidr,
    ...owners(row.account),
  })
