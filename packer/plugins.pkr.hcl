# For Packer 1.7 and later, which fetches builders as plugins: `packer init packer/plugins.pkr.hcl`.
# The build names sysvm.pkr.hcl alone, because Packer 1.6 has the builder inside and refuses this block.
packer {
  required_plugins {
    qemu = {
      version = ">= 1.1.0"
      source  = "github.com/hashicorp/qemu"
    }
  }
}
