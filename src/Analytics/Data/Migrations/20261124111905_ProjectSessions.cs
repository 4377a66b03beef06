using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Rondo.Analytics.Data.Migrations
{
    /// <inheritdoc />
    public partial class ProjectSessions : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<string>(
                name: "Sessions",
                table: "Projects",
                type: "TEXT",
                nullable: true);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropColumn(
                name: "Sessions",
                table: "Projects");
        }
    }
}
