using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Routing;
using Microsoft.AspNetCore.Components.Web;
using Microsoft.AspNetCore.Http;

namespace Rondo.Web.Frame;

/// <summary>The document around every page. Pages that set cookies are plain; all others run over a circuit.</summary>
public partial class App
{
    [CascadingParameter]
    private HttpContext HttpContext { get; set; } = default!;

    // Without pre-rendering every question is asked once, not twice.
    private IComponentRenderMode? Mode => HttpContext.AcceptsInteractiveRouting() ? new InteractiveServerRenderMode(prerender: false) : null;
}
