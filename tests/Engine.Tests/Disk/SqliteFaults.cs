using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using static Rondo.Engine.Tests.Disk.SqliteLayout;

namespace Rondo.Engine.Tests.Disk;

/// <summary>
/// A file system for SQLite (a "VFS") that passes everything on to the usual one, lets a <see cref="FaultyDisk"/> decide what
/// becomes of each operation, and tells its <see cref="Platter"/> what was written and flushed. Nothing is flushed for real.
/// </summary>
/// <remarks>Names: the usual one flushes the folder when it first flushes a log or journal that it made, and at some deletions (sqlite.org/vfs.html).</remarks>
internal sealed unsafe class SqliteFaults : IDisposable
{
    private const int Ok = 0;
    private const int Full = 13;
    private const int CannotOpen = 14;
    private const int ReadFailed = 266;
    private const int ShortRead = 522;
    private const int WriteFailed = 778;
    private const int FlushFailed = 1034;
    private const int TruncateFailed = 1546;
    private const int DeleteFailed = 2570;
    private const int OpenCreates = 4;
    private const int OpenJournalOrLog = 0x800 | 0x80000;

    private static readonly IoMethods* Methods = MakeMethods();
    private static int _count;
    private GCHandle<FaultyDisk> _disk;
    private readonly Vfs* _vfs;

    public SqliteFaults(FaultyDisk disk)
    {
        SQLitePCL.Batteries_V2.Init();
        Name = $"faulty-{Interlocked.Increment(ref _count)}";
        _disk = new GCHandle<FaultyDisk>(disk);
        _vfs = (Vfs*)NativeMemory.AllocZeroed((nuint)sizeof(Vfs));
        var usual = Find(0);
        *_vfs = *usual;
        _vfs->Version = Math.Min(usual->Version, 2);
        _vfs->FileBytes = sizeof(OpenFile) + usual->FileBytes;
        _vfs->Next = null;
        _vfs->Name = (byte*)Marshal.StringToCoTaskMemUTF8(Name);
        _vfs->AppData = (void*)GCHandle<FaultyDisk>.ToIntPtr(_disk);
        _vfs->Open = &Open;
        _vfs->Delete = &Delete;
        _vfs->Access = &Access;
        _vfs->FullPathname = &FullPathname;
        _ = Register(_vfs, 0);
    }

    public string Name { get; }

    private static Vfs* Usual { get; } = Find(0);

    public void Dispose()
    {
        _ = Unregister(_vfs);
        Marshal.FreeCoTaskMem((nint)_vfs->Name);
        NativeMemory.Free(_vfs);
        _disk.Dispose();
    }

    private static FaultyDisk DiskOf(void* pointer) => GCHandle<FaultyDisk>.FromIntPtr((nint)pointer).Target;

    private static Opened Of(OpenFile* file) => GCHandle<Opened>.FromIntPtr(file->Opened).Target;

    private static UsualFile* Inner(OpenFile* file) => (UsualFile*)(file + 1);

    private static string Text(byte* utf8) => Marshal.PtrToStringUTF8((nint)utf8)!;

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Open(Vfs* vfs, byte* name, OpenFile* file, int flags, int* outFlags)
    {
        var disk = DiskOf(vfs->AppData);
        file->Methods = null;
        var path = name is null ? null : Text(name);
        var isNew = path is not null && (flags & OpenCreates) != 0 && !File.Exists(path);
        if (isNew ? disk.Count() is not Fate.Done : disk.IsCut)
        {
            return CannotOpen;
        }

        var result = Usual->Open(Usual, name, (OpenFile*)Inner(file), flags, outFlags);
        if (result == Ok)
        {
            file->Methods = Methods;
            file->Opened = GCHandle<Opened>.ToIntPtr(new GCHandle<Opened>(new Opened(disk, path, path is null ? null : disk.Platter.FileAt(path))
            {
                FlushesName = isNew && (flags & OpenJournalOrLog) != 0,
            }));
        }

        return result;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Delete(Vfs* vfs, byte* name, int flushesFolder)
    {
        var disk = DiskOf(vfs->AppData);
        if (disk.Count(takesSpace: false) is not Fate.Done)
        {
            return DeleteFailed;
        }

        var path = Text(name);
        disk.Platter.Remove(path);
        if (flushesFolder != 0)
        {
            disk.Platter.FlushNames(Path.GetDirectoryName(path)!);
        }

        return Usual->Delete(Usual, name, 0);
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Access(Vfs* vfs, byte* name, int flags, int* result) => Usual->Access(Usual, name, flags, result);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int FullPathname(Vfs* vfs, byte* name, int length, byte* full) => Usual->FullPathname(Usual, name, length, full);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Close(OpenFile* file)
    {
        GCHandle<Opened>.FromIntPtr(file->Opened).Dispose();
        file->Opened = 0;
        return Inner(file)->Methods->Close((OpenFile*)Inner(file));
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Read(OpenFile* file, byte* to, int count, long offset)
    {
        switch (Of(file).Disk.CountReading())
        {
            case Reading.Failed:
                return ReadFailed;
            case Reading.Short:
                new Span<byte>(to, count).Clear();
                return ShortRead;
            default:
                return Inner(file)->Methods->Read((OpenFile*)Inner(file), to, count, offset);
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Write(OpenFile* file, byte* from, int count, long offset)
    {
        var opened = Of(file);
        switch (opened.Written is null ? Fate.Done : opened.Disk.Count())
        {
            case Fate.Cut: return WriteFailed;
            case Fate.Full: return Full;
            case Fate.Failed: return WriteFailed;
            default: break;
        }

        if (opened.Written is { } written)
        {
            opened.Disk.Platter.Write(written, offset, new ReadOnlySpan<byte>(from, count));
        }

        return Inner(file)->Methods->Write((OpenFile*)Inner(file), from, count, offset);
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Truncate(OpenFile* file, long length)
    {
        var opened = Of(file);
        if (opened.Written is { } written)
        {
            if (opened.Disk.Count(takesSpace: false) is not Fate.Done)
            {
                return TruncateFailed;
            }

            opened.Disk.Platter.Truncate(written, length);
        }

        return Inner(file)->Methods->Truncate((OpenFile*)Inner(file), length);
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Flush(OpenFile* file, int flags)
    {
        var opened = Of(file);
        if (opened.Written is not { } written)
        {
            return Ok;
        }

        switch (opened.Disk.Count(takesSpace: false))
        {
            case Fate.Cut:
                return FlushFailed;
            case Fate.Failed:
                opened.Disk.Platter.FailFlush(written);
                return FlushFailed;
            default:
                break;
        }

        opened.Disk.Flush(written);
        if (opened.FlushesName)
        {
            opened.FlushesName = false;
            opened.Disk.Platter.FlushNames(Path.GetDirectoryName(opened.Path)!);
        }

        return Ok;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int FileSize(OpenFile* file, long* length) => Inner(file)->Methods->FileSize((OpenFile*)Inner(file), length);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int LockFile(OpenFile* file, int level) => Inner(file)->Methods->Lock((OpenFile*)Inner(file), level);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int UnlockFile(OpenFile* file, int level) => Inner(file)->Methods->Unlock((OpenFile*)Inner(file), level);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int CheckReservedLock(OpenFile* file, int* isReserved) => Inner(file)->Methods->CheckReservedLock((OpenFile*)Inner(file), isReserved);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int FileControl(OpenFile* file, int operation, void* argument) => Inner(file)->Methods->FileControl((OpenFile*)Inner(file), operation, argument);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int SectorSize(OpenFile* file) => Inner(file)->Methods->SectorSize((OpenFile*)Inner(file));

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int DeviceCharacteristics(OpenFile* file) => Inner(file)->Methods->DeviceCharacteristics((OpenFile*)Inner(file));

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int ShmMap(OpenFile* file, int region, int length, int extend, void** mapped) => Inner(file)->Methods->ShmMap((OpenFile*)Inner(file), region, length, extend, mapped);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int ShmLock(OpenFile* file, int offset, int count, int flags) => Inner(file)->Methods->ShmLock((OpenFile*)Inner(file), offset, count, flags);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void ShmBarrier(OpenFile* file) => Inner(file)->Methods->ShmBarrier((OpenFile*)Inner(file));

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int ShmUnmap(OpenFile* file, int deletes) => Inner(file)->Methods->ShmUnmap((OpenFile*)Inner(file), deletes);

    private static IoMethods* MakeMethods()
    {
        var methods = (IoMethods*)NativeMemory.AllocZeroed((nuint)sizeof(IoMethods));
        methods->Version = 2;
        methods->Close = &Close;
        methods->Read = &Read;
        methods->Write = &Write;
        methods->Truncate = &Truncate;
        methods->Sync = &Flush;
        methods->FileSize = &FileSize;
        methods->Lock = &LockFile;
        methods->Unlock = &UnlockFile;
        methods->CheckReservedLock = &CheckReservedLock;
        methods->FileControl = &FileControl;
        methods->SectorSize = &SectorSize;
        methods->DeviceCharacteristics = &DeviceCharacteristics;
        methods->ShmMap = &ShmMap;
        methods->ShmLock = &ShmLock;
        methods->ShmBarrier = &ShmBarrier;
        methods->ShmUnmap = &ShmUnmap;
        return methods;
    }

    /// <summary>An open file of SQLite's.</summary>
    /// <param name="Disk">Whose it is.</param>
    /// <param name="Path">Null for a temporary file.</param>
    /// <param name="Written">Null for a temporary file.</param>
    private sealed record Opened(FaultyDisk Disk, string? Path, WrittenFile? Written)
    {
        public bool FlushesName { get; set; }
    }
}
