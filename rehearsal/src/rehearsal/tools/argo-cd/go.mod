// Argo CD: only the definitions of its kinds (Application, AppProject) are taken from the module; nothing is built.
module campus-safety/tools/argo-cd

go 1.25.0

require github.com/argoproj/argo-cd/v3 v3.2.2
