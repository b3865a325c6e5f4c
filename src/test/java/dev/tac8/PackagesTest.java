package dev.tac8;

import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/** Who wants to change a package need not understand all the others. */
class PackagesTest {
    @Test
    void noPackageLeansOnOneThatLeansOnIt() {
        JavaClasses classes = new ClassFileImporter().withImportOption(new ImportOption.DoNotIncludeTests()).importPackages("dev.tac8");

        slices().matching("dev.tac8.(*)..").should().beFreeOfCycles().check(classes);
    }
}
