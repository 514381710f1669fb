/** Why fields of CloudStack's answers are not among ours, by kind. `where` is matched with `object.field`, nested ones with dots. */
interface Unanswered {
  readonly where: RegExp
  readonly why: string
}

const fieldsNamed = (...names: readonly string[]): RegExp => new RegExp(`(^|\\.)(${names.join('|')})$`)

export const unanswered: readonly Unanswered[] = [
  {
    where: /\.securitygroup\.(ingressrule|egressrule|tags|virtualmachinecount|virtualmachineids)$/,
    why: 'of a guest its groups are named: listSecurityGroups has their rules and members',
  },
  {
    where: /^snapshotpolicy\.(zone|storage)$/,
    why: 'there are no schedules of snapshots yet',
  },
  {
    where: /^guestvlan\.(id|account|domain|domainid|domainpath|project|projectid|network\.(?!id$|name$).+)$/,
    why: 'an identifier is named by itself, and the network that has it by id and name: listNetworks tells the rest',
  },
  {
    where: fieldsNamed('jobid', 'jobstatus'),
    why: 'a thing does not name the job that works on it: listAsyncJobs and queryAsyncJobResult do',
  },
  {
    where: fieldsNamed('icon', 'hasannotations', 'lastannotated', 'showicon'),
    why: 'there are no icons and no comments of operators',
  },
  {
    where: fieldsNamed(
      ...['arch', 'ovm3.*', 'xennetworklabel', 'vmwarenetworklabel', 'hypervnetworklabel', 'vspherestoragepolicy'],
      ...['hostcontrolstate', 'outofbandmanagement', 'hostha', 'ueficapability', 'encryptionsupported', 'bootmode'],
      ...['boottype', 'instanceconversionsupported', 'extension\\w+', 'hypervisorsnapshotreserve', 'encryptroot'],
      ...['pooltype', 'adaptertype', 'deployasis\\w*', 'bits', 'customhypervisordisplayname', 'cpusockets'],
    ),
    why: 'of hypervisors and machines that there are not: hosts are KVM or containers on amd64, reached over SSH',
  },
  {
    where: fieldsNamed(
      ...['v?gpu\\w*', 'maxheads', 'maxresolution[xy]', 'videoram', 'vnf\\w*', 'isvnf', 'forcks', 'lease\\w*'],
      ...['instanceleaseenabled', 'autoscale\\w+', 'backup\\w*', 'kubernetes\\w+', 'sharedfs\\w+'],
      ...['bucket\\w*', 'objectstor(age\\w*|es)'],
    ),
    why: 'graphics cards, appliances of others, leases, autoscaling, backups, Kubernetes and object stores are no part of it',
  },
  {
    where: fieldsNamed(
      ...['nsx\\w*', 'isnsxenabled', 'fornsx', 'tungsten\\w*', 'fortungsten', 'isolatedpvlan\\w*', 'forprovider'],
      ...['provider', 'externalid', 'mtu', 'privatemtu', 'publicmtu', 'supportsstrechedl2subnet', 'vlanid'],
      ...['supportspublicaccess', 'zonesnetworkspans', 'subdomainaccess', 'reservediprange', 'networkcidr'],
      ...['router(public|private)interfacemaxmtu', 'allowuserspecifyvrmtu', 'networkspeed', 'associatednetwork(id)?'],
    ),
    why: 'networks are those of its own routers; there are no other controllers, and the MTU is that of the link',
  },
  {
    where: fieldsNamed(
      ...['iso\\w+', '(physical)?size', 'url', 'volume\\w*', 'snapshot\\w*', '(primary|secondary)storage\\w+'],
      ...[
        'template(available|limit|total)',
        'storageaccessgroups',
        '\\w+storageaccessgroups',
        'disk\\w+',
        'rootdisksize',
      ],
      ...[
        '(min|max|allocated|capacity|used|customized)iops',
        'iscustomizediops',
        'nfsmountopts',
        'overprovisionfactor',
      ],
      ...['storage(capabilities|customstats)', 'cacheMode', 'childtemplates', 'parenttemplateid', 'sourcetemplateid'],
      ...['downloaddetails', 'templatetag', 'allowuserexpungerecovervolume', 'customdiskoffering\\w+', 'removed'],
      ...['suitableforvirtualmachine'],
    ),
    why: 'volumes, snapshots and transfers of templates come with the issue of storage',
  },
  {
    where: fieldsNamed(
      ...['cpuused', 'cpuloadaverage', 'memory(used|kbs|intfreekbs|targetkbs)', 'networkkbs(read|write)'],
      ...['(received|sent)bytes', 'cpu(speed|allocatedwithoverprovisioning|withoverprovisioning)'],
      ...['memorywithoverprovisioning', '(cpu|memory)overcommitratio', 'capacity', 'hasenoughcapacity'],
      ...['instances\\w*stats\\w+', 'suitableformigration', 'activeviewersessions'],
      ...['(cpu|memory)maxdeviation', '\\w+threshold', 'drsimbalance', 'powerstate', 'cpu(total|used|allocated)ghz'],
      ...['memoryusedgb', 'network(read|write)', 'disk(read|write|iopstotal)', 'disksize(un)?allocatedgb'],
      ...['(zone|cluster)\\.cputotal', 'replicas', 'tlsversions', 'queries', 'dbloadaverages'],
    ),
    why: 'load is not measured; nothing is promised twice, and listCapacity says what is left',
  },
  {
    where: fieldsNamed(
      ...['details', 'resourcedetails', 'readonlydetails', 'accountdetails', 'domaindetails', 'implicithosttags'],
      ...['dedicatedresources', 'deploymentplanner', 'diskofferingstrictness', 'taggedresources', 'tag'],
    ),
    why: 'free details of things that nothing reads, dedication to accounts and limits by tag are no part of it',
  },
  {
    where: fieldsNamed(
      ...[
        'provider\\.(id|state|servicelist|canenableindividualservice|physicalnetworkid|destinationphysicalnetworkid)',
      ],
      ...['destinationphysicalnetworkid', 'canenableindividualservice', 'servicelist'],
    ),
    why: 'a provider is looked up by listNetworkServiceProviders; here its name is enough',
  },
  {
    where: fieldsNamed(
      ...['apikeyaccess', 'iscallerchilddomain', 'secretkey', 'issuerfor2fa', 'providerfor2fa', 'timezoneoffset'],
      ...['additionalconfigenabled', 'apilimit\\w+', 'extensionspath', 'zonetoken', 'user\\.\\w+'],
      ...['allowuserforcestopvm', 'allowuserviewalldomainaccounts'],
    ),
    why: 'secrets are in no answer but that which makes them, and there is no second factor',
  },
  {
    where: /^(account|domain|project)\.\w+(available|limit|total|running|stopped)$/,
    why: 'limits that are not kept, such as those of volumes; listResourceLimits has those that are',
  },
  {
    where:
      /^(firewallrule|ipv6firewallrule|portforwardingrule)\.(ipaddress(id)?|private\w+|virtualmachine\w+|vmguestip)$/,
    why: 'rules of a whole network lead to no guest and are of no public address',
  },
  {
    where: /^securitygroup\.(cidr|endport|icmp\w+|protocol|ruleid|securitygroupname|startport|\w+rule\.tags)$/,
    why: 'the published list has the fields of a rule; servers answer the group with its rules inside',
  },
  {
    where: /^traffictype\.(name|state)$/,
    why: "the published list has a provider's fields; servers answer a traffic type's",
  },
  {
    where:
      /^(userdata\.(displaytext|success)|alerttype\.\w+|nicsecondaryip\.secondaryip|api\.(type|params\.since)|hosttag\.hostid)$/,
    why: 'the published list has fields of another object here, or of when a parameter came, which is not known',
  },
  {
    where:
      /^(zoneipv4subnet|virtualrouterelement|physicalnetwork)\.(account|description|domain\w*|network\w+|pod\w+|project\w*|tags)$/,
    why: 'subnets are for whoever asks: none is kept for an account, a pod or a tag',
  },
  {
    where: /^vlan(iprange)?\.(description|network\w+|pod\w+)$/,
    why: 'ranges are for routers: none is kept for a network or a pod',
  },
  {
    where: /^(networkoffering|vpcoffering|zone)\.(zone|zoneid|domain|domainid|domainname)$/,
    why: 'zones and offerings are for everybody',
  },
  {
    where:
      /^(vpc|network|vpc\.network|networkoffering|vpcoffering|zone)\.(asn\w+|specifyasnumber|bgppeers|ip[46]rout\w+)$/,
    why: 'listASNumbers, listBgpPeers and listIpv4SubnetsForGuestNetwork tell how a network is routed',
  },
  {
    where:
      /(^|\.)(serviceoffering(id|name)|healthcheck\w+|healthcheckresults\.\w+|ip6dns[12]|linklocalnetworkid|publicnetworkid|scriptsversion|agentstate|disconnected|guestvlan|publicvlan|isdynamicallyscalable|private(ip|macaddress|netmask))$/,
    why: 'of system VMs: getRouterHealthCheckResults asks the machine itself; the others are the same for all of them',
  },
  {
    where: /(^|\.)(nic\.)?(ipaddresses|publicip(id)?|vpc(id|name)|networkid|networkname)$/,
    why: 'of a nic or an address, another list has it: listPublicIpAddresses, listNetworks',
  },
  {
    where:
      /^(virtualmachine|lbrulevmidip\.loadbalancerruleinstance|template|usagerecord)\.(forvirtualnetwork|guestosid|lastupdated|os\w+|servicestate|user\w+|host\w+)$/,
    why: 'guests of all templates are treated alike, and a template is on every host',
  },
  {
    where:
      /^(configuration\.\w+|managementserver\.\w+|asyncjobs\.\w+|login\.\w+|host\.\w+|hypervisorCapabilities\.\w+|oscategory\.\w+|asnumber\.\w+|bgppeer\.password)$/,
    why: 'of how a reference server is built inside; of secrets only that they are set',
  },
  {
    where: /^(zone\.(description|displaytext)|networkoffering\.(maxconnections|tags)|serviceoffering\.networkrate)$/,
    why: 'not kept: a zone has its name, and haproxy its limits by rule',
  },
  {
    where: /^usagerecord\.(type|virtualsize|issystem|isdefault)$/,
    why: 'of usage only what is metered',
  },
]
