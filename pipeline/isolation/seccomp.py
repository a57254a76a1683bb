"""A hand-made seccomp filter: system calls a reader never needs answer "not permitted".

The filter is a small BPF program (kernel: include/uapi/linux/{filter,seccomp,audit}.h). Threads may be
made, processes not; signals go only to oneself, so that abort() still ends the process.
"""

from __future__ import annotations

import ctypes
import errno
import os
import platform
import struct

_LOAD, _EQUAL, _AT_LEAST, _HAS_BITS, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_NUMBER, _ARCH, _ARG0 = 0, 4, 16  # offsets in struct seccomp_data
_ALLOW, _KILL, _ERRNO = 0x7FFF0000, 0x80000000, 0x00050000
_CLONE_THREAD = 0x00010000
_NO_NEW_PRIVS, _SET_SECCOMP, _FILTER = 38, 22, 2

# numbers that all architectures share since Linux 5
_SHARED = {
    "pidfd_send_signal": 424, "io_uring_setup": 425, "io_uring_enter": 426, "io_uring_register": 427, "open_tree": 428,
    "move_mount": 429, "fsopen": 430, "fsconfig": 431, "fsmount": 432, "fspick": 433, "pidfd_open": 434,
    "pidfd_getfd": 438, "process_madvise": 440, "mount_setattr": 442, "memfd_secret": 447,
}  # fmt: skip
_X86_64 = {
    "socket": 41, "connect": 42, "accept": 43, "sendmsg": 46, "bind": 49, "listen": 50, "socketpair": 53, "fork": 57,
    "vfork": 58, "execve": 59, "ptrace": 101, "personality": 135, "pivot_root": 155, "acct": 163, "chroot": 161,
    "settimeofday": 164, "mount": 165, "umount2": 166, "swapon": 167, "swapoff": 168, "reboot": 169,
    "sethostname": 170, "iopl": 172, "ioperm": 173, "init_module": 175, "delete_module": 176, "quotactl": 179,
    "tkill": 200, "clock_settime": 227, "kexec_load": 246, "add_key": 248, "request_key": 249, "keyctl": 250,
    "unshare": 272, "accept4": 288, "perf_event_open": 298, "fanotify_init": 300, "name_to_handle_at": 303,
    "open_by_handle_at": 304, "sendmmsg": 307, "setns": 308, "process_vm_readv": 310, "process_vm_writev": 311,
    "finit_module": 313, "memfd_create": 319, "kexec_file_load": 320, "bpf": 321, "execveat": 322,
    "userfaultfd": 323,
}  # fmt: skip
_AARCH64 = {
    "socket": 198, "socketpair": 199, "bind": 200, "listen": 201, "accept": 202, "connect": 203, "sendmsg": 211,
    "execve": 221, "ptrace": 117, "personality": 92, "pivot_root": 41, "acct": 89, "chroot": 51, "settimeofday": 170,
    "mount": 40, "umount2": 39, "swapon": 224, "swapoff": 225, "reboot": 142, "sethostname": 161, "init_module": 105,
    "delete_module": 106, "quotactl": 60, "tkill": 130, "clock_settime": 112, "kexec_load": 104, "add_key": 217,
    "request_key": 218, "keyctl": 219, "unshare": 97, "accept4": 242, "perf_event_open": 241, "fanotify_init": 262,
    "name_to_handle_at": 264, "open_by_handle_at": 265, "sendmmsg": 269, "setns": 268, "process_vm_readv": 270,
    "process_vm_writev": 271, "finit_module": 273, "memfd_create": 279, "bpf": 280, "execveat": 281,
    "userfaultfd": 282, "kexec_file_load": 294,
}  # fmt: skip
_ARCHITECTURES = {
    "x86_64": (0xC000003E, _X86_64, {"clone": 56, "clone3": 435, "kill": 62, "tgkill": 234}),
    "aarch64": (0xC00000B7, _AARCH64, {"clone": 220, "clone3": 435, "kill": 129, "tgkill": 131}),
}


class _Program(ctypes.Structure):
    _fields_ = [("length", ctypes.c_ushort), ("code", ctypes.c_char_p)]


def restrict() -> bool:
    """Install the filter on this process (needs no-new-privileges); False where it cannot be had."""
    if platform.machine() not in _ARCHITECTURES:
        return False
    code = program(platform.machine(), os.getpid())
    holder = _Program(len(code) // 8, code)
    libc = ctypes.CDLL(None, use_errno=True)
    return libc.prctl(_SET_SECCOMP, ctypes.c_ulong(_FILTER), ctypes.byref(holder), 0, 0) == 0


def program(machine: str, pid: int) -> bytes:
    """Return the BPF program for an architecture; `pid` is the only process signals may go to."""
    arch, denied, special = _ARCHITECTURES[machine]
    refuse = _instruction(_RETURN, _ERRNO | errno.EPERM)
    allow = _instruction(_RETURN, _ALLOW)
    code = [
        _instruction(_LOAD, _ARCH),
        _instruction(_EQUAL, arch, 1, 0),
        _instruction(_RETURN, _KILL),
        _instruction(_LOAD, _NUMBER),
    ]
    if machine == "x86_64":  # the x32 way around the numbers below
        code += [_instruction(_AT_LEAST, 0x40000000, 0, 1), refuse]
    for number in sorted({**_SHARED, **denied}.values()):
        code += [_instruction(_EQUAL, number, 0, 1), refuse]
    code += [_instruction(_EQUAL, special["clone3"], 0, 1), _instruction(_RETURN, _ERRNO | errno.ENOSYS)]
    code += [
        _instruction(_EQUAL, special["clone"], 0, 4),
        _instruction(_LOAD, _ARG0),
        _instruction(_HAS_BITS, _CLONE_THREAD, 1, 0),
        refuse,
        allow,
    ]
    for name in ("kill", "tgkill"):
        code += [
            _instruction(_EQUAL, special[name], 0, 4),
            _instruction(_LOAD, _ARG0),
            _instruction(_EQUAL, pid, 1, 0),
            refuse,
            allow,
        ]
    return b"".join([*code, allow])


def _instruction(code: int, value: int, if_true: int = 0, if_false: int = 0) -> bytes:
    return struct.pack("=HBBI", code, if_true, if_false, value)
