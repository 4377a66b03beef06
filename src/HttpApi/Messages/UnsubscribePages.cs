using System.Net;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Rondo.Engagement.Contracts;

namespace Rondo.HttpApi.Messages;

/// <summary>The page behind "unsubscribe": one sentence, one button, no script, in English or Korean as the browser asks.</summary>
internal static class UnsubscribePages
{
    private static readonly Words English = new(
        "en",
        "Unsubscribe",
        "Stop e-mails to {0}?",
        "You will not receive our e-mails at this address any more.",
        "Unsubscribe",
        "You are unsubscribed",
        "{0} receives no more e-mails from us.",
        "Subscribe again",
        "This link does not work",
        "It may have been cut off on its way. Please open it from the message again.");

    private static readonly Words Korean = new(
        "ko",
        "수신 거부",
        "{0} 주소로 보내는 이메일을 중단할까요?",
        "이 주소로 더 이상 이메일을 보내지 않습니다.",
        "수신 거부",
        "수신 거부되었습니다",
        "{0} 주소로 더 이상 이메일을 보내지 않습니다.",
        "다시 구독하기",
        "링크가 작동하지 않습니다",
        "링크가 잘렸을 수 있습니다. 메시지에서 다시 열어 주세요.");

    public static IResult Of(HttpContext context, UnsubscribePage page)
    {
        var words = For(context);
        var address = $"<strong>{WebUtility.HtmlEncode(page.Address)}</strong>";
        return page.IsUnsubscribed
            ? Page(context, words, words.Done, string.Format(System.Globalization.CultureInfo.InvariantCulture, words.DoneText, address), ("subscribe", words.Again), StatusCodes.Status200OK)
            : Page(context, words, words.Title, $"{string.Format(System.Globalization.CultureInfo.InvariantCulture, words.Question, address)} {words.Consequence}", ("unsubscribe", words.Button), StatusCodes.Status200OK);
    }

    public static IResult Unknown(HttpContext context)
    {
        var words = For(context);
        return Page(context, words, words.Broken, words.BrokenText, null, StatusCodes.Status404NotFound);
    }

    private static ContentHttpResult Page(HttpContext context, Words words, string title, string text, (string Action, string Label)? button, int status)
    {
        context.Response.Headers.CacheControl = "no-store, private";
        context.Response.Headers.ContentSecurityPolicy = "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'";
        context.Response.Headers["Referrer-Policy"] = "no-referrer";
        context.Response.Headers.ContentLanguage = words.Language;
        var form = button is { } shown
            ? $"<form method=\"post\"><button name=\"action\" value=\"{shown.Action}\">{shown.Label}</button></form>"
            : string.Empty;
        var html =
            $$"""
            <!doctype html>
            <html lang="{{words.Language}}">
            <head>
            <meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><meta name="robots" content="noindex">
            <title>{{title}}</title>
            <style>
            :root { color-scheme: light dark; --text: #1c2330; --quiet: #5a6472; --ground: #f6f7f9; --card: #fff; --line: #dfe3e8; --accent: #4f5bd5; --on: #fff }
            @media (prefers-color-scheme: dark) { :root { --text: #e8eaee; --quiet: #a3abb8; --ground: #14171c; --card: #1c2027; --line: #323843; --accent: #8b93f8; --on: #14171c } }
            body { margin: 0; min-height: 100vh; display: grid; place-items: center; background: var(--ground); color: var(--text); font: 16px/1.5 Inter, Pretendard, "Noto Sans KR", system-ui, sans-serif }
            main { max-width: 26rem; margin: 16px; padding: 32px; background: var(--card); border: 1px solid var(--line); border-radius: 6px }
            h1 { margin: 0 0 8px; font-size: 20px } p { margin: 0 0 24px; color: var(--quiet) } p:last-child { margin: 0 } strong { color: var(--text) }
            button { min-height: 40px; padding: 0 20px; border: 0; border-radius: 6px; background: var(--accent); color: var(--on); font: inherit; cursor: pointer }
            button:focus-visible { outline: 2px solid var(--text); outline-offset: 2px }
            </style>
            </head>
            <body><main><h1>{{title}}</h1><p>{{text}}</p>{{form}}</main></body>
            </html>
            """;
        return TypedResults.Content(html, "text/html; charset=utf-8", Encoding.UTF8, status);
    }

    private static Words For(HttpContext context) =>
        context.Request.GetTypedHeaders().AcceptLanguage
            .OrderByDescending(language => language.Quality ?? 1)
            .Select(language => language.Value.ToString().Split('-')[0].ToLowerInvariant())
            .FirstOrDefault(language => language is "ko" or "en") == "ko" ? Korean : English;

    private sealed record Words(
        string Language, string Title, string Question, string Consequence, string Button, string Done, string DoneText, string Again, string Broken, string BrokenText);
}
