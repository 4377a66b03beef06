namespace Rondo.Engine.Parts;

/// <summary>Which of the columns that may be absent a run needs.</summary>
[Flags]
internal enum RunShape
{
    /// <summary>None of them.</summary>
    Plain = 0,

    /// <summary>Some time is not a whole second.</summary>
    Milliseconds = 1,

    /// <summary>Some event has an insert id.</summary>
    InsertKeys = 2,

    /// <summary>Some id is not the person's own.</summary>
    Ids = 4,

    /// <summary>Some event names a device.</summary>
    Devices = 8,

    /// <summary>Of some event the id does not tell whether a user was named.</summary>
    UntoldUsers = 16,

    /// <summary>A timeline.</summary>
    EventNames = 32,
}

/// <summary>Takes the rows of a run in their order and makes the columns.</summary>
/// <remarks>Memory for all rows is taken at once; what is not written stays untouched.</remarks>
internal sealed unsafe class RunBuilder
{
    private readonly NativeColumn<int> _persons;
    private readonly NativeColumn<int> _starts;
    private readonly NativeColumn<uint> _seconds;
    private readonly NativeColumn<ushort>? _milliseconds;
    private readonly NativeColumn<uint>? _insertKeys;
    private readonly NativeColumn<int>? _ids;
    private readonly NativeColumn<int>? _devices;
    private readonly NativeColumn<byte>? _untoldUsers;
    private readonly NativeColumn<byte>? _eventNames;
    private readonly int _nameWidth;
    private int _personCount;
    private int _rowCount;

    /// <param name="capacity">Most rows that will come.</param>
    /// <param name="shape">The columns needed.</param>
    /// <param name="nameCount">In a timeline, how many event names there are.</param>
    public RunBuilder(int capacity, RunShape shape, int nameCount = 0)
    {
        _persons = new NativeColumn<int>(capacity, isZeroed: false);
        _starts = new NativeColumn<int>(capacity + 1, isZeroed: false);
        _seconds = new NativeColumn<uint>(capacity, isZeroed: false);
        NativeColumn<T>? When<T>(RunShape flag)
            where T : unmanaged => shape.HasFlag(flag) ? new NativeColumn<T>(capacity, isZeroed: false) : null;
        _milliseconds = When<ushort>(RunShape.Milliseconds);
        _insertKeys = When<uint>(RunShape.InsertKeys);
        _ids = When<int>(RunShape.Ids);
        _devices = When<int>(RunShape.Devices);
        _untoldUsers = When<byte>(RunShape.UntoldUsers);
        _nameWidth = CodeColumn.WidthFor(nameCount);
        _eventNames = shape.HasFlag(RunShape.EventNames) ? new NativeColumn<byte>(checked(capacity * _nameWidth), isZeroed: false) : null;
    }

    public int RowCount => _rowCount;

    public void Add(int person, in RowKey row)
    {
        if (_personCount == 0 || _persons.Start[_personCount - 1] != person)
        {
            _persons.Start[_personCount] = person;
            _starts.Start[_personCount] = _rowCount;
            _personCount++;
        }

        var index = _rowCount++;
        var second = row.Time / 1000;
        _seconds.Start[index] = (uint)second;
        if (_milliseconds is not null)
        {
            _milliseconds.Start[index] = (ushort)(row.Time - (second * 1000));
        }

        if (_insertKeys is not null)
        {
            _insertKeys.Start[index] = row.InsertKey;
        }

        if (_ids is not null)
        {
            _ids.Start[index] = row.Id;
        }

        if (_devices is not null)
        {
            _devices.Start[index] = row.Device;
        }

        if (_untoldUsers is not null)
        {
            _untoldUsers.Start[index] = row.IsUserUntold ? (byte)1 : (byte)0;
        }

        if (_eventNames is not null)
        {
            switch (_nameWidth)
            {
                case 1: _eventNames.Start[index] = (byte)row.Name; break;
                case 2: ((ushort*)_eventNames.Start)[index] = (ushort)row.Name; break;
                default: ((int*)_eventNames.Start)[index] = row.Name; break;
            }
        }
    }

    public Run ToRun(string? eventName, int mergeWatermark, IPropertySource properties, TieRanks? ties)
    {
        _starts.Start[_personCount] = _rowCount;
        _persons.Truncate(_personCount);
        _starts.Truncate(_personCount + 1);
        var columns = new RunColumns
        {
            RowCount = _rowCount,
            PersonCount = _personCount,
            Persons = _persons.Start,
            Starts = _starts.Start,
            Times = new RowTimes((nint)_seconds.Start, _milliseconds is null ? 0 : (nint)_milliseconds.Start),
            InsertKeys = _insertKeys is null ? null : _insertKeys.Start,
            Ids = _ids is null ? null : _ids.Start,
            Devices = _devices is null ? null : _devices.Start,
            UntoldUsers = _untoldUsers is null ? null : _untoldUsers.Start,
            EventNames = _eventNames is null ? default : new CodeColumn((nint)_eventNames.Start, _nameWidth),
            Ties = ties,
        };
        return new Run(eventName, mergeWatermark, columns, properties, this);
    }
}

/// <summary>What a row is besides its properties.</summary>
/// <param name="Time">Milliseconds since 1970.</param>
/// <param name="Id">The id as ingested.</param>
/// <param name="InsertKey">Hash of the insert id; 0 for none.</param>
/// <param name="Device">Number of the device's id; 0 for none.</param>
/// <param name="IsUserUntold">The id of a device tells that no user was named, any other that it is the user; true when that is not so.</param>
/// <param name="Name">Number of the event's name.</param>
internal readonly record struct RowKey(long Time, int Id, uint InsertKey, int Device, bool IsUserUntold, int Name);
