using System.Runtime.InteropServices;

namespace Rondo.Engine.Tests.Disk;

/// <summary>The structures through which SQLite speaks with a file system, as sqlite3.h lays them out.</summary>
internal static unsafe partial class SqliteLayout
{
    [LibraryImport("e_sqlite3", EntryPoint = "sqlite3_vfs_find")]
    internal static partial Vfs* Find(nint name);

    [LibraryImport("e_sqlite3", EntryPoint = "sqlite3_vfs_register")]
    internal static partial int Register(Vfs* vfs, int isDefault);

    [LibraryImport("e_sqlite3", EntryPoint = "sqlite3_vfs_unregister")]
    internal static partial int Unregister(Vfs* vfs);

    /// <summary><c>sqlite3_vfs</c>.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct Vfs
    {
        public int Version;
        public int FileBytes;
        public int LongestPath;
        public Vfs* Next;
        public byte* Name;
        public void* AppData;
        public delegate* unmanaged[Cdecl]<Vfs*, byte*, OpenFile*, int, int*, int> Open;
        public delegate* unmanaged[Cdecl]<Vfs*, byte*, int, int> Delete;
        public delegate* unmanaged[Cdecl]<Vfs*, byte*, int, int*, int> Access;
        public delegate* unmanaged[Cdecl]<Vfs*, byte*, int, byte*, int> FullPathname;
        public void* DlOpen;
        public void* DlError;
        public void* DlSym;
        public void* DlClose;
        public void* Randomness;
        public void* Sleep;
        public void* CurrentTime;
        public void* GetLastError;
        public void* CurrentTimeMilliseconds;
        public void* SetSystemCall;
        public void* GetSystemCall;
        public void* NextSystemCall;
    }

    /// <summary><c>sqlite3_io_methods</c>, of which version 2 ends with the shared memory of a write-ahead log.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct IoMethods
    {
        public int Version;
        public delegate* unmanaged[Cdecl]<OpenFile*, int> Close;
        public delegate* unmanaged[Cdecl]<OpenFile*, byte*, int, long, int> Read;
        public delegate* unmanaged[Cdecl]<OpenFile*, byte*, int, long, int> Write;
        public delegate* unmanaged[Cdecl]<OpenFile*, long, int> Truncate;
        public delegate* unmanaged[Cdecl]<OpenFile*, int, int> Sync;
        public delegate* unmanaged[Cdecl]<OpenFile*, long*, int> FileSize;
        public delegate* unmanaged[Cdecl]<OpenFile*, int, int> Lock;
        public delegate* unmanaged[Cdecl]<OpenFile*, int, int> Unlock;
        public delegate* unmanaged[Cdecl]<OpenFile*, int*, int> CheckReservedLock;
        public delegate* unmanaged[Cdecl]<OpenFile*, int, void*, int> FileControl;
        public delegate* unmanaged[Cdecl]<OpenFile*, int> SectorSize;
        public delegate* unmanaged[Cdecl]<OpenFile*, int> DeviceCharacteristics;
        public delegate* unmanaged[Cdecl]<OpenFile*, int, int, int, void**, int> ShmMap;
        public delegate* unmanaged[Cdecl]<OpenFile*, int, int, int, int> ShmLock;
        public delegate* unmanaged[Cdecl]<OpenFile*, void> ShmBarrier;
        public delegate* unmanaged[Cdecl]<OpenFile*, int, int> ShmUnmap;
    }

    /// <summary>The beginning of every open file, <c>sqlite3_file</c>.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct UsualFile
    {
        public IoMethods* Methods;
    }

    /// <summary>An open file of ours; the usual file system's own follows it in memory.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct OpenFile
    {
        public IoMethods* Methods;
        public nint Opened;
    }
}
