import type { Command } from '../command.ts'
import { assignCertToLoadBalancer } from './assign-cert-to-load-balancer.ts'
import { deleteSslCert } from './delete-ssl-cert.ts'
import { listSslCerts } from './list-ssl-certs.ts'
import { removeCertFromLoadBalancer } from './remove-cert-from-load-balancer.ts'
import { uploadSslCert } from './upload-ssl-cert.ts'

export const sslcertCommands: readonly Command[] = [
  assignCertToLoadBalancer,
  deleteSslCert,
  listSslCerts,
  removeCertFromLoadBalancer,
  uploadSslCert,
]
