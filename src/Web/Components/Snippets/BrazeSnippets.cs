namespace Rondo.Web.Components.Snippets;

/// <summary>What this server takes in Braze's protocols. The key is a receiving key, which is shown only when it is made.</summary>
internal static class BrazeSnippets
{
    /// <summary>Stands where the receiving key belongs.</summary>
    public const string Key = "RECEIVING_KEY";

    public static IReadOnlyList<Snippet> All { get; } =
    [
        new("currents", "Currents", SnippetGroup.Braze, null, place => $$$"""
            # Braze: Partner Integrations › Data Export (Currents) › Custom HTTP connector
            #   Endpoint {{{place.Address}}}/currents   Bearer token {{{Key}}}
            # It then sends batches like this one:
            curl {{{place.Address}}}/currents -H "content-type: application/json" \
              -H "authorization: Bearer {{{Key}}}" -H "Braze-Currents-Version: 1" -d '{"events": [
              {"event_type": "users.messages.pushnotification.Open", "id": "6f9c2b1e-0000-4000-8000-000000000001", "time": '$(date +%s)',
               "user": {"user_id": "braze-1", "external_user_id": "user-1"},
               "properties": {"campaign_id": "c-1", "campaign_name": "Come back", "platform": "ios"}}
            ]}'
            """),
        new("cohortImport", "Cohort import", SnippetGroup.Braze, null, place => $$$"""
            # For products that push cohorts to Braze: its REST endpoint is this server, its data import key is {{{Key}}}
            curl {{{place.Address}}}/partners/mixpanel/cohorts -H "content-type: application/json" -d '{
              "partner_api_key": "any", "client_secret": "{{{Key}}}",
              "cohort_id": "42", "name": "Power users", "created_at": "2026-01-21T19:20:30Z"}'
            curl {{{place.Address}}}/partners/mixpanel/cohorts/users -H "content-type: application/json" -d '{
              "partner_api_key": "any", "client_secret": "{{{Key}}}",
              "cohort_id": "42", "cohort_changes": [{"user_ids": ["user-1", "user-2"]}]}'
            """),
    ];
}
