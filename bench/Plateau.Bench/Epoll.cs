using System.Buffers.Binary;
using System.ComponentModel;
using System.Runtime.InteropServices;

namespace Plateau.Bench;

/// <summary>
/// Waits for whichever of many sockets has something to read. The load shares its cores with the server, and asking the
/// kernel from one thread is several times cheaper than a task for each answer. Linux only.
/// </summary>
internal sealed partial class Epoll : IDisposable
{
    private const int Add = 1;
    private const int Readable = 1;
    private const int Interrupted = 4;

    // The kernel packs its events on x64 only.
    private static readonly int EventSize = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 12 : 16;
    private static readonly int TagOffset = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 4 : 8;

    private readonly int _handle = Check(Create(0), "epoll_create1");
    private readonly byte[] _events;
    private readonly int _capacity;

    /// <param name="capacity">Sockets told of in one wait at the most.</param>
    public Epoll(int capacity)
    {
        _capacity = capacity;
        _events = new byte[capacity * EventSize];
    }

    /// <summary>Watches a socket.</summary>
    /// <param name="socket">The socket's handle.</param>
    /// <param name="tag">What <see cref="Tag"/> answers for it.</param>
    public void Watch(nint socket, int tag)
    {
        Span<byte> wanted = stackalloc byte[EventSize];
        wanted.Clear();
        BinaryPrimitives.WriteInt32LittleEndian(wanted, Readable);
        BinaryPrimitives.WriteInt32LittleEndian(wanted[TagOffset..], tag);
        Check(Control(_handle, Add, (int)socket, ref wanted[0]), "epoll_ctl");
    }

    /// <summary>Waits until a socket can be read, and answers how many can; 0 when none could in time.</summary>
    public int Wait(TimeSpan atMost)
    {
        int ready;
        do
        {
            ready = Wait(_handle, ref _events[0], _capacity, (int)atMost.TotalMilliseconds);
        }
        while (ready < 0 && Marshal.GetLastPInvokeError() == Interrupted);
        return Check(ready, "epoll_wait");
    }

    /// <summary>The tag of one of the sockets of the last wait.</summary>
    public int Tag(int index) =>
        BinaryPrimitives.ReadInt32LittleEndian(_events.AsSpan((index * EventSize) + TagOffset));

    public void Dispose() => Close(_handle);

    private static int Check(int result, string call) =>
        result >= 0 ? result : throw new Win32Exception(Marshal.GetLastPInvokeError(), $"{call} failed.");

    [LibraryImport("libc", EntryPoint = "epoll_create1", SetLastError = true)]
    private static partial int Create(int flags);

    [LibraryImport("libc", EntryPoint = "epoll_ctl", SetLastError = true)]
    private static partial int Control(int handle, int operation, int socket, ref byte wanted);

    [LibraryImport("libc", EntryPoint = "epoll_wait", SetLastError = true)]
    private static partial int Wait(int handle, ref byte events, int capacity, int milliseconds);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int handle);
}
