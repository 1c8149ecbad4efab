//! The system calls that workers and their hosts need, each behind a safe function.
//!
//! Sound because: no pointer that is passed outlives its call, every result is checked, and
//! `in_child` is only called by a worker, which has one thread from its start to its end, so that
//! the child of its fork owns all locks and may run any code.
#![allow(
    unsafe_code,
    reason = "fork, poll, prctl, setpriority, getrlimit, setrlimit, getrusage, waitid, kill and mallopt have no safe form in std"
)]

#[cfg(unix)]
pub(super) use unix::*;

#[cfg(not(unix))]
pub(super) use elsewhere::*;

/// How a child ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ended {
    /// It did its work and left.
    Well,
    /// It used up its processor time.
    Overran,
    /// A signal, an `exit` inside a library, or a panic ended it.
    Badly,
}

#[cfg(unix)]
mod unix {
    use std::fs::File;
    use std::io;
    use std::os::fd::{AsFd, AsRawFd};
    use std::panic::{AssertUnwindSafe, catch_unwind};
    use std::time::Duration;

    use super::Ended;

    /// A worker lasts longer than one ask.
    pub(in crate::engine) const FORKS: bool = true;
    /// Address space of a worker, and of each child it forks.
    const MEMORY_LIMIT_BYTES: u64 = 4 * 1024 * 1024 * 1024;

    /// Waits until something can be read (or the other end is closed); false when time ran out.
    pub(in crate::engine) fn wait_readable(fd: &impl AsRawFd, at_most: Duration) -> io::Result<bool> {
        let mut polled = libc::pollfd { fd: fd.as_raw_fd(), events: libc::POLLIN, revents: 0 };
        let ms = i32::try_from(at_most.as_millis().max(1)).unwrap_or(i32::MAX);
        // SAFETY: one valid pollfd, alive for the call.
        match unsafe { libc::poll(&raw mut polled, 1, ms) } {
            -1 => match io::Error::last_os_error() {
                error if error.kind() == io::ErrorKind::Interrupted => Ok(false),
                error => Err(error),
            },
            ready => Ok(ready > 0),
        }
    }

    /// Starts the command's process as the leader of a process group.
    pub(in crate::engine) fn lead_group(command: &mut std::process::Command) {
        std::os::unix::process::CommandExt::process_group(command, 0);
    }

    /// The signal that ends a process which has used up its processor time.
    pub(in crate::engine) const CPU_SIGNAL: i32 = libc::SIGXCPU;

    /// The signal that ended a process.
    pub(in crate::engine) fn signal_of(status: std::process::ExitStatus) -> Option<i32> {
        std::os::unix::process::ExitStatusExt::signal(&status)
    }

    /// Bounds the processor time of the command's process and the length of files that it writes; it
    /// leaves no core file, and dies with the thread that starts it.
    pub(in crate::engine) fn limit_child(command: &mut std::process::Command, cpu_s: u64, file_bytes: u64) {
        let in_child = move || {
            die_with_parent();
            limit(libc::RLIMIT_CPU as _, cpu_s.max(1), cpu_s.max(1) + 1);
            limit(libc::RLIMIT_FSIZE as _, file_bytes, file_bytes);
            limit(libc::RLIMIT_CORE as _, 0, 0);
            Ok(())
        };
        // SAFETY: what runs between fork and exec are system calls alone; nothing is allocated or locked.
        unsafe { std::os::unix::process::CommandExt::pre_exec(command, in_child) };
    }

    /// Whether a process has ended; it is not waited for, so that its id stays its own.
    pub(in crate::engine) fn has_ended(child: &std::process::Child) -> bool {
        // SAFETY: a zeroed siginfo_t is a valid one.
        let mut info: libc::siginfo_t = unsafe { std::mem::zeroed() };
        let options = libc::WEXITED | libc::WNOHANG | libc::WNOWAIT;
        // SAFETY: one valid siginfo_t, alive for the call.
        let waited = unsafe { libc::waitid(libc::P_PID, child.id() as libc::id_t, &raw mut info, options) };
        // SAFETY: waitid has filled it, or it is zeroed.
        waited == -1 || unsafe { info.si_pid() } != 0
    }

    /// Kills a process that [`lead_group`] started, and every child it has.
    pub(in crate::engine) fn kill_group(leader: &mut std::process::Child) {
        if let Ok(pid) = libc::pid_t::try_from(leader.id()) {
            // SAFETY: no memory is passed. The leader has not been waited for, so its id is not reused.
            unsafe { libc::kill(-pid, libc::SIGKILL) };
        }
    }

    /// Asks the system to kill this process when the thread that started it ends, however it ends.
    /// Only Linux has this; elsewhere the end of stdin, and SIGPIPE's error, do the same a little later.
    pub(in crate::engine) fn die_with_parent() {
        #[cfg(target_os = "linux")]
        // SAFETY: no memory is passed.
        unsafe {
            libc::prctl(libc::PR_SET_PDEATHSIG, libc::SIGKILL as libc::c_ulong, 0, 0, 0);
        }
    }

    /// Lowers the priority of this process (on Linux: of this thread and of what it starts).
    pub(in crate::engine) fn set_nice(nice: i32) {
        // SAFETY: no memory is passed. A refusal leaves the priority as it was, which is harmless.
        unsafe { libc::setpriority(libc::PRIO_PROCESS as _, 0, nice) };
    }

    /// Bounds the separate heaps of this process to one a core. Audio is made on one thread, kept on a
    /// second and sent by a third; with glibc's eight heaps a core, each keeps what the others freed.
    pub(in crate::engine) fn share_heaps() {
        #[cfg(all(target_os = "linux", target_env = "gnu"))]
        {
            let cores = std::thread::available_parallelism().map_or(1, usize::from);
            let heaps = libc::c_int::try_from(cores.max(2)).unwrap_or(libc::c_int::MAX);
            // SAFETY: no memory is passed. A refusal leaves the bound as it was, which is harmless.
            unsafe { libc::mallopt(libc::M_ARENA_MAX, heaps) };
        }
    }

    /// The process's stdout under another descriptor; what libraries print goes to stderr from now on.
    pub(in crate::engine) fn take_stdout() -> io::Result<File> {
        let taken = io::stdout().as_fd().try_clone_to_owned()?;
        // SAFETY: both descriptors belong to this process for as long as it lives.
        if unsafe { libc::dup2(libc::STDERR_FILENO, libc::STDOUT_FILENO) } == -1 {
            return Err(io::Error::last_os_error());
        }
        Ok(File::from(taken))
    }

    /// Does `work` in a child of this process, which ends when `work` returns; waits for it.
    /// The calling process must have one thread.
    pub(in crate::engine) fn in_child(cpu_limit_s: u64, work: impl FnOnce()) -> io::Result<Ended> {
        // SAFETY: no memory is passed.
        let parent = unsafe { libc::getpid() };
        // SAFETY: the process has one thread (see the module), so the child is in a sound state.
        match unsafe { libc::fork() } {
            -1 => Err(io::Error::last_os_error()),
            0 => {
                die_with_parent();
                // SAFETY: no memory is passed.
                if unsafe { libc::getppid() } != parent {
                    leave(1);
                }
                // The hard limit is SIGKILL, which others send too; the soft one is SIGXCPU, which says why.
                limit(libc::RLIMIT_CPU as _, cpu_limit_s.max(1), cpu_limit_s.max(1) + 1);
                leave(i32::from(catch_unwind(AssertUnwindSafe(work)).is_err()))
            }
            child => wait_for(child),
        }
    }

    /// Does `work` in this process. When it takes more processor time than `cpu_limit_s` from now on,
    /// SIGXCPU ends the process.
    pub(in crate::engine) fn in_this(cpu_limit_s: u64, work: impl FnOnce()) -> io::Result<Ended> {
        limit_cpu(cpu_used_s()? + cpu_limit_s.max(1));
        Ok(match catch_unwind(AssertUnwindSafe(work)) {
            Ok(()) => Ended::Well,
            Err(_) => Ended::Badly,
        })
    }

    /// Sets the soft limit of this process's processor time. The hard one stays: lowered, it could never be
    /// raised again for the next ask.
    fn limit_cpu(seconds: u64) {
        let mut limits = libc::rlimit { rlim_cur: 0, rlim_max: 0 };
        // SAFETY: one valid rlimit, alive for the call.
        if unsafe { libc::getrlimit(libc::RLIMIT_CPU as _, &raw mut limits) } == 0 {
            limits.rlim_cur = limits.rlim_max.min(seconds as libc::rlim_t);
            // SAFETY: as above.
            unsafe { libc::setrlimit(libc::RLIMIT_CPU as _, &raw const limits) };
        }
    }

    /// Processor time this process has used, in seconds, rounded up.
    fn cpu_used_s() -> io::Result<u64> {
        // SAFETY: a zeroed rusage is a valid one.
        let mut used: libc::rusage = unsafe { std::mem::zeroed() };
        // SAFETY: one valid rusage, alive for the call.
        if unsafe { libc::getrusage(libc::RUSAGE_SELF, &raw mut used) } == -1 {
            return Err(io::Error::last_os_error());
        }
        let micros = (used.ru_utime.tv_usec + used.ru_stime.tv_usec) as u64;
        Ok((used.ru_utime.tv_sec + used.ru_stime.tv_sec) as u64 + micros.div_ceil(1_000_000))
    }

    /// Bounds the memory of this process and of its children, and has none of them leave a core file.
    pub(in crate::engine) fn limit_memory() {
        limit(libc::RLIMIT_CORE as _, 0, 0);
        limit(libc::RLIMIT_AS as _, MEMORY_LIMIT_BYTES, MEMORY_LIMIT_BYTES);
    }

    fn leave(code: i32) -> ! {
        // SAFETY: it does not return, and runs no handler of the parent's.
        unsafe { libc::_exit(code) }
    }

    /// Limits a resource of this process. A refusal leaves it unlimited: the host's own limit remains.
    fn limit(resource: i32, soft: u64, hard: u64) {
        let limits = libc::rlimit { rlim_cur: soft as libc::rlim_t, rlim_max: hard as libc::rlim_t };
        // SAFETY: one valid rlimit, alive for the call.
        unsafe { libc::setrlimit(resource as _, &raw const limits) };
    }

    fn wait_for(child: libc::pid_t) -> io::Result<Ended> {
        let mut status = 0;
        loop {
            // SAFETY: one valid integer, alive for the call.
            if unsafe { libc::waitpid(child, &raw mut status, 0) } != -1 {
                break;
            }
            let error = io::Error::last_os_error();
            if error.kind() != io::ErrorKind::Interrupted {
                return Err(error);
            }
        }
        Ok(if libc::WIFEXITED(status) && libc::WEXITSTATUS(status) == 0 {
            Ended::Well
        } else if libc::WIFSIGNALED(status) && libc::WTERMSIG(status) == libc::SIGXCPU {
            Ended::Overran
        } else {
            Ended::Badly
        })
    }
}

/// Where there is no fork: a worker says one sentence and ends, and only its own end limits it.
#[cfg(not(unix))]
mod elsewhere {
    use std::fs::File;
    use std::io;
    use std::time::Duration;

    use super::Ended;

    pub(in crate::engine) const FORKS: bool = false;

    pub(in crate::engine) fn wait_readable<T>(_stream: &T, _at_most: Duration) -> io::Result<bool> {
        Ok(true)
    }

    pub(in crate::engine) fn lead_group(_command: &mut std::process::Command) {}

    pub(in crate::engine) const CPU_SIGNAL: i32 = 0;

    pub(in crate::engine) fn signal_of(_status: std::process::ExitStatus) -> Option<i32> {
        None
    }

    pub(in crate::engine) fn limit_child(_command: &mut std::process::Command, _cpu_s: u64, _bytes: u64) {}

    pub(in crate::engine) fn has_ended(_child: &std::process::Child) -> bool {
        true
    }

    pub(in crate::engine) fn kill_group(leader: &mut std::process::Child) {
        let _ = leader.kill();
    }

    pub(in crate::engine) fn die_with_parent() {}

    pub(in crate::engine) fn set_nice(_nice: i32) {}

    pub(in crate::engine) fn share_heaps() {}

    pub(in crate::engine) fn take_stdout() -> io::Result<File> {
        Err(io::Error::from(io::ErrorKind::Unsupported))
    }

    pub(in crate::engine) fn in_child(_cpu_limit_s: u64, work: impl FnOnce()) -> io::Result<Ended> {
        work();
        Ok(Ended::Well)
    }

    pub(in crate::engine) fn in_this(cpu_limit_s: u64, work: impl FnOnce()) -> io::Result<Ended> {
        in_child(cpu_limit_s, work)
    }

    pub(in crate::engine) fn limit_memory() {}
}
