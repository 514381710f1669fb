import { findVpcOffering } from '../../model/vpcoffering.ts'
import type { Context } from '../command.ts'
import { presentVpcOffering } from './response.ts'

export const vpcOfferingResult = async ({ db }: Context, id: string) => {
  const offering = await findVpcOffering(db, id)
  return offering && presentVpcOffering(offering)
}
