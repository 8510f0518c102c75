// Runs SQL with the driver named and says what it said. usage: sql DRIVER URL SQL
package main

import (
	"database/sql"
	"log"
	"os"
	"strings"

	_ "github.com/go-sql-driver/mysql"
	_ "github.com/jackc/pgx/v4/stdlib"
	_ "github.com/lib/pq"
)

func main() {
	driver, url, text := os.Args[1], os.Args[2], os.Args[3]
	db, err := sql.Open(driver, url)
	if err != nil {
		log.Fatal(err)
	}
	if text == "big:" {
		text = "select length('" + strings.Repeat("x", 1<<21) + "')"
	}
	if _, err := db.Exec(text); err != nil {
		log.Fatalf("query orders: %v", err)
	}
}
