namespace Rondo.HttpApi.Mixpanel;

/// <summary>What kept a request from being read at all.</summary>
internal enum RequestFaultKind
{
    /// <summary>There is no data in it.</summary>
    MissingData,

    /// <summary>The data cannot be decoded.</summary>
    Malformed,

    /// <summary>It is larger than is taken.</summary>
    TooLarge,
}

/// <summary>What kept a request from being read, with a sentence for the sender.</summary>
internal sealed record RequestFault(RequestFaultKind Kind, string Message)
{
    public static RequestFault MissingData { get; } = new(RequestFaultKind.MissingData, "data, missing or empty");

    public static RequestFault TooManyBytes(int maximumBytes) => new(RequestFaultKind.TooLarge, $"request exceeds max limit of {maximumBytes} bytes");

    public static RequestFault TooManyRecords(int maximumRecords) => new(RequestFaultKind.TooLarge, $"request exceeds max limit of {maximumRecords} records");

    public static RequestFault Malformed(string message) => new(RequestFaultKind.Malformed, message);
}
