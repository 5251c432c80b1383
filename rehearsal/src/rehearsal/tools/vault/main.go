// Vault with what the platform uses: the minimal build, plus the kubernetes auth method and the PostgreSQL plugin.
//
// Upstream's full build compiles a plugin for every cloud and database it knows (twice the time, 361 MB); its minimal
// build lacks exactly these two. The registry has no method to add to it, and `go build -overlay` refuses files of the
// module cache, so the two are put into its unexported maps. A renamed map or field panics at the first start.
package main

import (
	"os"
	"reflect"
	"unsafe"

	kubernetes "github.com/hashicorp/vault-plugin-auth-kubernetes"
	"github.com/hashicorp/vault/command"
	"github.com/hashicorp/vault/helper/builtinplugins"
	"github.com/hashicorp/vault/plugins/database/postgresql"
)

func main() {
	register("credentialBackends", "kubernetes", kubernetes.Factory)
	register("databasePlugins", "postgresql-database-plugin", postgresql.New)
	os.Exit(command.Run(os.Args[1:]))
}

// register adds one plugin to the named map of Vault's registry of built-in plugins.
func register(kind, name string, factory any) {
	field := reflect.ValueOf(builtinplugins.Registry).Elem().FieldByName(kind)
	plugins := reflect.NewAt(field.Type(), unsafe.Pointer(field.UnsafeAddr())).Elem()
	plugin := reflect.New(plugins.Type().Elem()).Elem()
	plugin.FieldByName("Factory").Set(reflect.ValueOf(factory))
	plugins.SetMapIndex(reflect.ValueOf(name), plugin)
}
