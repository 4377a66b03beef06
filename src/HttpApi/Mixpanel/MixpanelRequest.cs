using System.Text;
using Microsoft.AspNetCore.Http;

namespace Rondo.HttpApi.Mixpanel;

/// <summary>A request in any of the forms that Mixpanel's SDKs use, decoded to JSON (Mixpanel reference, 1.2).</summary>
internal sealed class MixpanelRequest
{
    private MixpanelRequest(RequestParameters parameters, ReadOnlyMemory<byte> data, bool isLines, bool isForm, RequestFault? fault)
    {
        Parameters = parameters;
        Data = data;
        IsLines = isLines;
        IsForm = isForm;
        Fault = fault;
    }

    public RequestParameters Parameters { get; }

    /// <summary>JSON text; empty when there is a fault.</summary>
    public ReadOnlyMemory<byte> Data { get; }

    /// <summary>Whether the data is one object a line rather than an array or an object.</summary>
    public bool IsLines { get; }

    /// <summary>Whether the data came in a field named "data", as older clients send it.</summary>
    public bool IsForm { get; }

    public RequestFault? Fault { get; }

    public static async Task<MixpanelRequest> ReadAsync(HttpRequest request, HttpApiOptions options, CancellationToken cancellationToken)
    {
        var parameters = new RequestParameters(request.Query);
        if (HttpMethods.IsGet(request.Method))
        {
            var inQuery = request.Query["data"];
            return Decode(parameters, inQuery.Count > 0 ? Encoding.UTF8.GetBytes(inQuery[^1]!) : default, isForm: true, options);
        }

        // Url-encoded base64 is up to twice as long as what it stands for.
        var (body, fault) = await BodyBytes.ReadAsync(request, 2 * options.MaximumBodyBytes, cancellationToken);
        if (fault is not null)
        {
            var named = fault.Kind == RequestFaultKind.TooLarge ? RequestFault.TooManyBytes(options.MaximumBodyBytes) : fault;
            return new MixpanelRequest(parameters, default, isLines: false, IsFormType(request.ContentType), named);
        }

        if (IsType(request.ContentType, "application/x-ndjson"))
        {
            return OfLines(parameters, body, options);
        }

        if (FormBody.Looks(body.Span) || (IsFormType(request.ContentType) && !LooksLikeJson(body.Span)))
        {
            return Decode(parameters, FormBody.Read(body.Span, parameters), isForm: true, options);
        }

        return Decode(parameters, body, isForm: false, options);
    }

    private static MixpanelRequest OfLines(RequestParameters parameters, ReadOnlyMemory<byte> body, HttpApiOptions options)
    {
        var fault = body.Span.Trim(" \t\r\n"u8).IsEmpty ? RequestFault.MissingData
            : body.Length > options.MaximumBodyBytes ? RequestFault.TooManyBytes(options.MaximumBodyBytes)
            : null;
        return new MixpanelRequest(parameters, body, isLines: true, isForm: false, fault);
    }

    private static MixpanelRequest Decode(RequestParameters parameters, ReadOnlyMemory<byte> data, bool isForm, HttpApiOptions options)
    {
        data = Trim(data);
        if (data.IsEmpty)
        {
            return Failed(RequestFault.MissingData);
        }

        if (!LooksLikeJson(data.Span))
        {
            if (LooseBase64.Decode(data.Span) is not { } decoded)
            {
                return Failed(RequestFault.Malformed("data, neither JSON nor base64"));
            }

            data = Trim(decoded);
            if (!LooksLikeJson(data.Span))
            {
                return Failed(RequestFault.Malformed("data, not JSON after decoding base64"));
            }
        }

        return data.Length > options.MaximumBodyBytes
            ? Failed(RequestFault.TooManyBytes(options.MaximumBodyBytes))
            : new MixpanelRequest(parameters, data, isLines: false, isForm, null);

        MixpanelRequest Failed(RequestFault fault) => new(parameters, default, isLines: false, isForm, fault);
    }

    private static ReadOnlyMemory<byte> Trim(ReadOnlyMemory<byte> data)
    {
        if (data.Span.StartsWith((ReadOnlySpan<byte>)[0xEF, 0xBB, 0xBF]))
        {
            data = data[3..];
        }

        return data.Trim(" \t\r\n"u8);
    }

    private static bool LooksLikeJson(ReadOnlySpan<byte> data)
    {
        var text = data.TrimStart(" \t\r\n"u8);
        return text.Length > 0 && text[0] is (byte)'{' or (byte)'[';
    }

    private static bool IsFormType(string? contentType) => IsType(contentType, "application/x-www-form-urlencoded");

    private static bool IsType(string? contentType, string type) => contentType?.StartsWith(type, StringComparison.OrdinalIgnoreCase) == true;
}
