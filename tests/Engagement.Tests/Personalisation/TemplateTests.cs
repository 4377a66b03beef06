using Microsoft.Extensions.Time.Testing;
using Rondo.Engagement.Contracts;
using Rondo.Engagement.Personalisation;
using Rondo.Model.Events;

namespace Rondo.Engagement.Tests.Personalisation;

public sealed class TemplateTests
{
    private static readonly EngagementOptions Options = new() { DataDirectory = "unused", PublicUrl = new Uri("http://rondo.test") };

    private static readonly MessageScope Ada = new(
        "ada",
        new Dictionary<string, PropertyValue>
        {
            ["$first_name"] = PropertyValue.Of("Ada"),
            ["$name"] = PropertyValue.Of("Ada King Lovelace"),
            ["$email"] = PropertyValue.Of("ada@example.org"),
            ["$city"] = PropertyValue.Of("London"),
            ["plan"] = PropertyValue.Of("Pro"),
            ["Favourite Genre"] = PropertyValue.Of("Jazz & Blues"),
            ["plays"] = PropertyValue.Of(1234567),
            ["balance"] = PropertyValue.Of(9.5),
            ["is_new"] = PropertyValue.Of(true),
            ["blank"] = PropertyValue.Of("  "),
            ["genres"] = World.List("jazz", "blues"),
            ["address"] = PropertyValue.OfObject("""{"street":"Dorset St","geo":{"lat":51.5}}"""),
            ["email_subscribe"] = PropertyValue.Of("opted_in"),
            ["evil"] = PropertyValue.Of("<script>alert('x')</script>{{ plan }}"),
        },
        new Dictionary<string, PropertyValue> { ["title"] = PropertyValue.Of("So What"), ["price"] = PropertyValue.Of(3) },
        new Dictionary<string, string> { ["name"] = "Come back", ["api_id"] = "7" },
        "http://rondo.test/m/u/token");

    [Theory]
    [InlineData("Hello", "Hello")]
    [InlineData("Hi {{${first_name}}}!", "Hi Ada!")]
    [InlineData("Hi {{ ${first_name} }}!", "Hi Ada!")]
    [InlineData("Hi {{${first_name} | default: 'there'}}", "Hi Ada")]
    [InlineData("Hi {{${nickname} | default: 'there'}}", "Hi there")]
    [InlineData("Hi {{custom_attribute.${blank} | default: 'there'}}", "Hi there")]
    [InlineData("Hi {{custom_attribute.${nothing}}}.", "Hi .")]
    [InlineData("{{${last_name}}}", "King Lovelace")]
    [InlineData("{{${email_address}}} {{${city}}} {{${user_id}}}", "ada@example.org London ada")]
    [InlineData("{{first_name}} {{ plan }}", "Ada Pro")]
    [InlineData("{{custom_attribute.${Favourite Genre}}}", "Jazz & Blues")]
    [InlineData("{{custom_attribute.${plan} | upcase}}", "PRO")]
    [InlineData("{{custom_attribute.${plays}}} {{custom_attribute.${balance}}}", "1234567 9.5")]
    [InlineData("{{custom_attribute.${plays} | number_with_delimiter}}", "1,234,567")]
    [InlineData("{{custom_attribute.${genres}[1]}} {{custom_attribute.${genres} | join: ', '}}", "blues jazz, blues")]
    [InlineData("{% for genre in custom_attribute.${genres} %}[{{ genre }}]{% endfor %}", "[jazz][blues]")]
    [InlineData("{{custom_attribute.${address}.street}} {{custom_attribute.${address}.geo.lat}}", "Dorset St 51.5")]
    [InlineData("{{event_properties.${title}}} for {{event_properties.${price} | times: 2}}", "So What for 6")]
    [InlineData("{{campaign.${name}}} {{campaign.${api_id}}}", "Come back 7")]
    [InlineData("{{subscribed_state.${email_global}}}", "opted_in")]
    [InlineData("{{${set_user_to_unsubscribed_url}}}", "http://rondo.test/m/u/token")]
    [InlineData("{% if custom_attribute.${is_new} %}new{% else %}old{% endif %}", "new")]
    [InlineData("{% if ${first_name} == 'Ada' and custom_attribute.${plays} > 1000000 %}fan{% endif %}", "fan")]
    [InlineData("{% if custom_attribute.${blank} == blank %}blank{% endif %}", "blank")]
    [InlineData("{% assign n = ${first_name} %}{{ n | append: '!' }}", "Ada!")]
    [InlineData("{% capture line %}{{${first_name}}} x{% endcapture %}{{ line }}", "Ada x")]
    [InlineData("{% case custom_attribute.${plan} %}{% when 'Pro' %}P{% else %}F{% endcase %}", "P")]
    [InlineData("{% raw %}{{${first_name}}}{% endraw %}", "{{${first_name}}}")]
    [InlineData("a{% comment %}{{${first_name}}}{% endcomment %}b", "ab")]
    [InlineData("{{ '${first_name}' }}", "${first_name}")]
    [InlineData("costs ${first_name} not {{ 'x' }}", "costs ${first_name} not x")]
    [InlineData("{{ 'a b' | url_escape }} {{ 'a' | sha2 | truncate: 8, '' }}", "a%20b ca978112")]
    [InlineData("{{ '{\"a\":[1,2]}' | json_parse | property_accessor: 'a' | last }}", "2")]
    [InlineData("{{ 'now' | date: '%Y-%m-%d' }}", "2026-03-02")]
    [InlineData("{{custom_attribute.${evil}}}", "<script>alert('x')</script>{{ plan }}")]
    [InlineData("안녕 {{${first_name}}}님", "안녕 Ada님")]
    public async Task A_template_gives_this_text(string template, string expected) =>
        (await RenderAsync(template)).ShouldBe(new RenderedText(expected, null, null));

    [Theory]
    [InlineData("{% abort_message('no plan') %}", "no plan")]
    [InlineData("{% abort_message(\"no plan\") %}", "no plan")]
    [InlineData("before {% if custom_attribute.${plan} == 'Pro' %}{% abort_message('pro ' | append: ${first_name}) %}{% endif %} after", "pro Ada")]
    [InlineData("{% abort_message() %}", "abort_message")]
    [InlineData("{% abort_message %}", "abort_message")]
    public async Task A_template_can_abort_its_message(string template, string reason)
    {
        var rendered = await RenderAsync(template);
        rendered.Refusal.ShouldBe(SendReason.Aborted);
        rendered.Detail.ShouldBe(reason);
    }

    [Fact]
    public async Task Values_are_encoded_in_markup_and_the_author_s_markup_is_not()
    {
        var rendered = await Engine().RenderAsync("<b>{{custom_attribute.${evil}}}</b> {% capture x %}<i>{{custom_attribute.${Favourite Genre}}}</i>{% endcapture %}{{ x }} {{ '안녕' }}", Ada, isHtml: true);
        rendered.Text.ShouldBe("<b>&lt;script&gt;alert(&#x27;x&#x27;)&lt;/script&gt;{{ plan }}</b> <i>Jazz &amp; Blues</i> 안녕");
    }

    [Theory]
    [InlineData("Hello {{ name", "End of tag")]
    [InlineData("{% if %}x{% endif %}", "if")]
    [InlineData("{% if a %}x", "endif")]
    [InlineData("{% frobnicate %}", "frobnicate")]
    [InlineData("{{ 'a' | frobnicate }}", "there is no filter 'frobnicate'")]
    [InlineData("{{ evil | raw }}", "there is no filter 'raw'")]
    [InlineData("{% include 'secrets' %}", "'include' is not offered")]
    [InlineData("{% render 'secrets' %}", "'render' is not offered")]
    public void What_cannot_be_filled_in_is_said_before_anything_is_sent(string template, string expected) =>
        Engine().ProblemOf(template).ShouldNotBeNull().ShouldContain(expected, Case.Insensitive);

    [Theory]
    [InlineData("{% for i in (1..1000000000) %}x{% endfor %}")]
    [InlineData("{% for i in (1..9999) %}{% for j in (1..9999) %}{% assign a = 1 %}{% endfor %}{% endfor %}")]
    [InlineData("{% assign a = 'xxxxxxxx' %}{% for i in (1..60) %}{% assign a = a | append: a %}{% endfor %}")]
    [InlineData("{% assign a = 'xxxxxxxx' %}{% for i in (1..60) %}{% capture a %}{{ a }}{{ a }}{% endcapture %}{% endfor %}")]
    [InlineData("{% assign a = 'a,b,c,d' | split: ',' %}{% for i in (1..60) %}{% assign a = a | concat: a %}{% endfor %}")]
    [InlineData("{% assign a = 'xxxxxxxx' %}{% for i in (1..14) %}{% assign a = a | append: a %}{% endfor %}{{ a | replace: 'x', a }}")]
    [InlineData("{% assign a = 'xxxxxxxx' %}{% for i in (1..14) %}{% assign a = a | append: a %}{% endfor %}{{ a | split: '' | join: a }}")]
    [InlineData("{{ 'now' | date: '%900000000Y' }}")]
    [InlineData("{{ 1 | divided_by: 0 }}")]
    [InlineData("{{ 99999999999999 | times: 99999999999999999 }}")]
    public async Task A_template_without_end_is_a_refusal_for_one_person_and_no_more(string template)
    {
        var watch = System.Diagnostics.Stopwatch.StartNew();
        (await RenderAsync(template)).Refusal.ShouldBe(SendReason.TemplateFailed);
        watch.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(20));
    }

    private static async Task<RenderedText> RenderAsync(string template) => await Engine().RenderAsync(template, Ada, isHtml: false);

    private static TemplateEngine Engine() => new(Options, new FakeTimeProvider(new DateTimeOffset(2026, 3, 2, 9, 0, 0, TimeSpan.Zero)));
}
