# Boots the system image as a host would: direct kernel boot, boot parameters by fw_cfg, SSH on the control address.
# Inside, the machine formats its state partition, and verify.sh checks what only a booted machine can show.
# images/build/packer.ts gives every variable.

variable "disk" {
  type        = string
  description = "Raw disk of the image."
}
variable "kernel" {
  type = string
}
variable "initrd" {
  type = string
}
variable "kernel_arguments" {
  type = string
}
variable "boot_credential" {
  type        = string
  description = "File with the boot parameters; its operator key is private_key's public half."
}
variable "private_key" {
  type = string
}
variable "control_address" {
  type = string
}
variable "accelerator" {
  type = string
}
variable "cpu" {
  type = string
}
variable "output" {
  type        = string
  description = "Folder for the disk, the serial log and the report; must not exist."
}
variable "serial_log" {
  type = string
}
variable "report" {
  type = string
}

source "qemu" "system" {
  accelerator      = var.accelerator
  machine_type     = "pc"
  disk_image       = true
  iso_url          = var.disk
  iso_checksum     = "none"
  format           = "raw"
  skip_resize_disk = true
  disk_interface   = "virtio"
  net_device       = "virtio-net"
  headless         = true
  disable_vnc      = true
  boot_wait        = "-1s"
  cpus             = 1
  # What a router is given.
  memory           = 256
  output_directory = var.output
  vm_name          = "disk.raw"

  communicator              = "ssh"
  ssh_username              = "root"
  ssh_private_key_file      = var.private_key
  ssh_port                  = 3922
  ssh_timeout               = "5m"
  ssh_file_transfer_method  = "sftp"
  shutdown_command          = "systemctl poweroff --no-wall"
  shutdown_timeout          = "2m"

  qemuargs = [
    ["-cpu", var.cpu],
    ["-kernel", var.kernel],
    ["-initrd", var.initrd],
    ["-append", "${var.kernel_arguments} console=ttyS0"],
    ["-fw_cfg", "name=opt/io.systemd.credentials/sysvm.boot,file=${var.boot_credential}"],
    # The user network is the link-local one, so the machine is reached where a manager would reach it.
    ["-netdev", "user,id=user.0,restrict=on,net=169.254.0.0/16,host=169.254.0.2,dhcpstart=169.254.0.9,dns=169.254.0.3,hostfwd=tcp:127.0.0.1:{{ .SSHHostPort }}-${var.control_address}:3922"],
    ["-device", "virtio-net-pci,netdev=user.0,mac=02:73:76:6d:00:01"],
    ["-device", "virtio-rng-pci"],
    ["-serial", "file:${var.serial_log}"],
  ]
}

build {
  sources = ["source.qemu.system"]

  provisioner "file" {
    source      = "${path.root}/verify.sh"
    destination = "/run/verify.sh"
  }

  # As a unit of its own: the sandbox of sshd lets no module be loaded.
  provisioner "shell" {
    remote_folder = "/run"
    inline = [
      "printf '[Service]\\nType=oneshot\\nEnvironment=CONTROL=${var.control_address}\\nExecStart=/bin/sh /run/verify.sh\\n' > /run/systemd/system/verification.service",
      "systemctl daemon-reload",
      "systemctl start verification.service || { journalctl --no-pager --output=cat --unit=verification.service; exit 1; }",
    ]
  }

  provisioner "file" {
    direction   = "download"
    source      = "/run/verification"
    destination = var.report
  }
}
